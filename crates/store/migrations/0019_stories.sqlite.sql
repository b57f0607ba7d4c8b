ALTER TABLE r_alert ADD COLUMN f_dispatched INTEGER;

ALTER TABLE r_alert ADD COLUMN f_arrived INTEGER;

ALTER TABLE r_alert ADD COLUMN f_response INTEGER;

ALTER TABLE r_detection_rule ADD COLUMN f_test TEXT;

ALTER TABLE r_task ADD COLUMN f_about TEXT;

ALTER TABLE r_procedure_run ADD COLUMN f_expected INTEGER;

ALTER TABLE r_procedure_run ADD COLUMN f_attended INTEGER;

ALTER TABLE r_shift ADD COLUMN f_visitor TEXT;

ALTER TABLE r_shift ADD COLUMN f_escorted INTEGER;

CREATE INDEX r_alert_arrived ON r_alert (f_arrived, id, tagset);

CREATE INDEX r_alert_response ON r_alert (f_response, id, tagset);

CREATE INDEX r_task_about ON r_task (f_about, id, tagset);

CREATE INDEX r_task_about_folded ON r_task (LOWER(f_about), id);
