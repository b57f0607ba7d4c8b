ALTER TABLE r_party ADD COLUMN f_assessed TEXT COLLATE "C";

ALTER TABLE r_party ADD COLUMN f_assessment_due TEXT COLLATE "C";

CREATE INDEX r_party_assessed ON r_party (f_assessed NULLS FIRST, id, tagset);

CREATE INDEX r_party_assessment_due ON r_party (f_assessment_due NULLS FIRST, id, tagset);
