ALTER TABLE r_party ADD COLUMN f_assessed TEXT;

ALTER TABLE r_party ADD COLUMN f_assessment_due TEXT;

CREATE INDEX r_party_assessed ON r_party (f_assessed, id, tagset);

CREATE INDEX r_party_assessment_due ON r_party (f_assessment_due, id, tagset);
