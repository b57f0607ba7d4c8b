ALTER TABLE r_procedure ADD COLUMN f_asset INTEGER;

ALTER TABLE r_procedure ADD COLUMN f_rhythm INTEGER;

ALTER TABLE r_procedure ADD COLUMN f_first_due TEXT;

ALTER TABLE r_procedure ADD COLUMN f_grace INTEGER;

ALTER TABLE r_procedure ADD COLUMN f_assignee INTEGER;

ALTER TABLE r_procedure ADD COLUMN f_function INTEGER;

ALTER TABLE r_procedure_run ADD COLUMN f_person INTEGER;

ALTER TABLE r_procedure_run ADD COLUMN f_steps TEXT;

ALTER TABLE r_procedure_run ADD COLUMN f_score INTEGER;

CREATE INDEX r_procedure_asset ON r_procedure (f_asset, id, tagset);

CREATE INDEX r_procedure_rhythm ON r_procedure (f_rhythm, id, tagset);

CREATE INDEX r_procedure_assignee ON r_procedure (f_assignee, id, tagset);

CREATE INDEX r_procedure_function ON r_procedure (f_function, id, tagset);

CREATE INDEX r_procedure_run_person ON r_procedure_run (f_person, id, tagset);

CREATE INDEX r_procedure_run_score ON r_procedure_run (f_score, id, tagset);
