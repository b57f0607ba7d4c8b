ALTER TABLE r_alert ADD COLUMN f_triage_warn BIGINT;

ALTER TABLE r_alert ADD COLUMN f_decide_due BIGINT;

ALTER TABLE r_alert ADD COLUMN f_decide_warn BIGINT;

ALTER TABLE r_alert ADD COLUMN f_decided BIGINT;

ALTER TABLE r_incident ADD COLUMN f_promised BIGINT;

ALTER TABLE r_incident ADD COLUMN f_update_warn BIGINT;

ALTER TABLE r_incident ADD COLUMN f_resolve_due BIGINT;

ALTER TABLE r_incident ADD COLUMN f_resolve_warn BIGINT;

ALTER TABLE r_incident ADD COLUMN f_pauses TEXT COLLATE "C";

ALTER TABLE r_task ADD COLUMN f_asset BIGINT;

ALTER TABLE r_task ADD COLUMN f_level BIGINT;

ALTER TABLE r_task ADD COLUMN f_order_due BIGINT;

ALTER TABLE r_task ADD COLUMN f_order_warn BIGINT;

ALTER TABLE r_task ADD COLUMN f_order_late BIGINT;

ALTER TABLE r_task ADD COLUMN f_breached BIGINT;

ALTER TABLE r_task ADD COLUMN f_pauses TEXT COLLATE "C";

ALTER TABLE r_service_level ADD COLUMN f_counts BIGINT;

ALTER TABLE r_message ADD COLUMN f_due BIGINT;

ALTER TABLE r_message ADD COLUMN f_warn BIGINT;

ALTER TABLE r_organisation ADD COLUMN f_hours TEXT COLLATE "C";

ALTER TABLE r_organisation ADD COLUMN f_holidays TEXT COLLATE "C";

ALTER TABLE r_organisation ADD COLUMN f_targets TEXT COLLATE "C";

ALTER TABLE r_organisation ADD COLUMN f_wound TEXT COLLATE "C";

CREATE INDEX r_alert_decide_due ON r_alert (f_decide_due NULLS FIRST, id, tagset);

CREATE INDEX r_incident_resolve_due ON r_incident (f_resolve_due NULLS FIRST, id, tagset);

CREATE INDEX r_task_asset ON r_task (f_asset NULLS FIRST, id, tagset);

CREATE INDEX r_task_level ON r_task (f_level NULLS FIRST, id, tagset);

CREATE INDEX r_task_order_due ON r_task (f_order_due NULLS FIRST, id, tagset);

CREATE INDEX r_task_breached ON r_task (f_breached NULLS FIRST, id, tagset);

CREATE INDEX r_message_due ON r_message (f_due NULLS FIRST, id, tagset);
