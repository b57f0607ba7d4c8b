ALTER TABLE r_held_duty ADD COLUMN f_project TEXT;

ALTER TABLE r_held_duty ADD COLUMN f_deputy INTEGER;

ALTER TABLE r_held_duty ADD COLUMN f_handover TEXT;

ALTER TABLE r_held_duty ADD COLUMN f_handed_by INTEGER;

ALTER TABLE r_held_duty ADD COLUMN f_handed_at INTEGER;

ALTER TABLE r_held_duty ADD COLUMN f_received_by INTEGER;

ALTER TABLE r_held_duty ADD COLUMN f_received_at INTEGER;

ALTER TABLE r_duty_run ADD COLUMN f_state INTEGER;

ALTER TABLE r_duty_run ADD COLUMN f_approved_by INTEGER;

ALTER TABLE r_duty_run ADD COLUMN f_approved_at INTEGER;

ALTER TABLE r_decision ADD COLUMN f_posture INTEGER;

ALTER TABLE r_message ADD COLUMN f_decision INTEGER;

ALTER TABLE r_site ADD COLUMN f_state INTEGER;

ALTER TABLE r_site ADD COLUMN f_plan INTEGER;

ALTER TABLE r_function ADD COLUMN f_requires TEXT;

CREATE INDEX r_held_duty_project ON r_held_duty (f_project, id, tagset);

CREATE INDEX r_held_duty_project_folded ON r_held_duty (LOWER(f_project), id);

CREATE INDEX r_held_duty_deputy ON r_held_duty (f_deputy, id, tagset);

CREATE INDEX r_held_duty_handed_by ON r_held_duty (f_handed_by, id, tagset);

CREATE INDEX r_held_duty_received_by ON r_held_duty (f_received_by, id, tagset);

CREATE INDEX r_held_duty_received_at ON r_held_duty (f_received_at, id, tagset);

CREATE INDEX r_held_duty_queue ON r_held_duty (f_state, f_title, id, tagset);

CREATE INDEX r_duty_run_approved_by ON r_duty_run (f_approved_by, id, tagset);

CREATE INDEX r_duty_run_queue ON r_duty_run (f_state, f_period_end, id, tagset);

CREATE INDEX r_message_decision ON r_message (f_decision, id, tagset);

CREATE INDEX r_site_state ON r_site (f_state, id, tagset);

CREATE INDEX r_site_plan ON r_site (f_plan, id, tagset);

CREATE INDEX r_site_queue ON r_site (f_state, f_name, id, tagset);
