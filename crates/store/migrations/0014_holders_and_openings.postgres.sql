ALTER TABLE r_held_duty ADD COLUMN f_project TEXT COLLATE "C";

ALTER TABLE r_held_duty ADD COLUMN f_deputy BIGINT;

ALTER TABLE r_held_duty ADD COLUMN f_handover TEXT COLLATE "C";

ALTER TABLE r_held_duty ADD COLUMN f_handed_by BIGINT;

ALTER TABLE r_held_duty ADD COLUMN f_handed_at BIGINT;

ALTER TABLE r_held_duty ADD COLUMN f_received_by BIGINT;

ALTER TABLE r_held_duty ADD COLUMN f_received_at BIGINT;

ALTER TABLE r_duty_run ADD COLUMN f_state BIGINT;

ALTER TABLE r_duty_run ADD COLUMN f_approved_by BIGINT;

ALTER TABLE r_duty_run ADD COLUMN f_approved_at BIGINT;

ALTER TABLE r_decision ADD COLUMN f_posture BIGINT;

ALTER TABLE r_message ADD COLUMN f_decision BIGINT;

ALTER TABLE r_site ADD COLUMN f_state BIGINT;

ALTER TABLE r_site ADD COLUMN f_plan BIGINT;

ALTER TABLE r_function ADD COLUMN f_requires TEXT COLLATE "C";

CREATE INDEX r_held_duty_project ON r_held_duty (f_project NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_project_folded ON r_held_duty (LOWER(f_project COLLATE "C"), id);

CREATE INDEX r_held_duty_deputy ON r_held_duty (f_deputy NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_handed_by ON r_held_duty (f_handed_by NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_received_by ON r_held_duty (f_received_by NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_received_at ON r_held_duty (f_received_at NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_queue ON r_held_duty (f_state, f_title NULLS FIRST, id, tagset);

CREATE INDEX r_duty_run_approved_by ON r_duty_run (f_approved_by NULLS FIRST, id, tagset);

CREATE INDEX r_duty_run_queue ON r_duty_run (f_state, f_period_end NULLS FIRST, id, tagset);

CREATE INDEX r_message_decision ON r_message (f_decision NULLS FIRST, id, tagset);

CREATE INDEX r_site_state ON r_site (f_state NULLS FIRST, id, tagset);

CREATE INDEX r_site_plan ON r_site (f_plan NULLS FIRST, id, tagset);

CREATE INDEX r_site_queue ON r_site (f_state, f_name NULLS FIRST, id, tagset);
