ALTER TABLE r_alert ADD COLUMN f_dispatched BIGINT;

ALTER TABLE r_alert ADD COLUMN f_arrived BIGINT;

ALTER TABLE r_alert ADD COLUMN f_response BIGINT;

ALTER TABLE r_detection_rule ADD COLUMN f_test TEXT COLLATE "C";

ALTER TABLE r_task ADD COLUMN f_about TEXT COLLATE "C";

ALTER TABLE r_procedure_run ADD COLUMN f_expected BIGINT;

ALTER TABLE r_procedure_run ADD COLUMN f_attended BIGINT;

ALTER TABLE r_shift ADD COLUMN f_visitor TEXT COLLATE "C";

ALTER TABLE r_shift ADD COLUMN f_escorted BIGINT;

CREATE INDEX r_alert_arrived ON r_alert (f_arrived NULLS FIRST, id, tagset);

CREATE INDEX r_alert_response ON r_alert (f_response NULLS FIRST, id, tagset);

CREATE INDEX r_task_about ON r_task (f_about NULLS FIRST, id, tagset);

CREATE INDEX r_task_about_folded ON r_task (LOWER(f_about COLLATE "C"), id);
