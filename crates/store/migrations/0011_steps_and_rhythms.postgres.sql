ALTER TABLE r_procedure ADD COLUMN f_asset BIGINT;

ALTER TABLE r_procedure ADD COLUMN f_rhythm BIGINT;

ALTER TABLE r_procedure ADD COLUMN f_first_due TEXT COLLATE "C";

ALTER TABLE r_procedure ADD COLUMN f_grace BIGINT;

ALTER TABLE r_procedure ADD COLUMN f_assignee BIGINT;

ALTER TABLE r_procedure ADD COLUMN f_function BIGINT;

ALTER TABLE r_procedure_run ADD COLUMN f_person BIGINT;

ALTER TABLE r_procedure_run ADD COLUMN f_steps TEXT COLLATE "C";

ALTER TABLE r_procedure_run ADD COLUMN f_score BIGINT;

CREATE INDEX r_procedure_asset ON r_procedure (f_asset NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_rhythm ON r_procedure (f_rhythm NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_assignee ON r_procedure (f_assignee NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_function ON r_procedure (f_function NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_run_person ON r_procedure_run (f_person NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_run_score ON r_procedure_run (f_score NULLS FIRST, id, tagset);
