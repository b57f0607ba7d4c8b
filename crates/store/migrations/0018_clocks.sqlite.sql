ALTER TABLE r_alert ADD COLUMN f_triage_warn INTEGER;

ALTER TABLE r_alert ADD COLUMN f_decide_due INTEGER;

ALTER TABLE r_alert ADD COLUMN f_decide_warn INTEGER;

ALTER TABLE r_alert ADD COLUMN f_decided INTEGER;

ALTER TABLE r_incident ADD COLUMN f_promised INTEGER;

ALTER TABLE r_incident ADD COLUMN f_update_warn INTEGER;

ALTER TABLE r_incident ADD COLUMN f_resolve_due INTEGER;

ALTER TABLE r_incident ADD COLUMN f_resolve_warn INTEGER;

ALTER TABLE r_incident ADD COLUMN f_pauses TEXT;

ALTER TABLE r_task ADD COLUMN f_asset INTEGER;

ALTER TABLE r_task ADD COLUMN f_level INTEGER;

ALTER TABLE r_task ADD COLUMN f_order_due INTEGER;

ALTER TABLE r_task ADD COLUMN f_order_warn INTEGER;

ALTER TABLE r_task ADD COLUMN f_order_late INTEGER;

ALTER TABLE r_task ADD COLUMN f_breached INTEGER;

ALTER TABLE r_task ADD COLUMN f_pauses TEXT;

ALTER TABLE r_service_level ADD COLUMN f_counts INTEGER;

ALTER TABLE r_message ADD COLUMN f_due INTEGER;

ALTER TABLE r_message ADD COLUMN f_warn INTEGER;

ALTER TABLE r_organisation ADD COLUMN f_hours TEXT;

ALTER TABLE r_organisation ADD COLUMN f_holidays TEXT;

ALTER TABLE r_organisation ADD COLUMN f_targets TEXT;

ALTER TABLE r_organisation ADD COLUMN f_wound TEXT;

CREATE INDEX r_alert_decide_due ON r_alert (f_decide_due, id, tagset);

CREATE INDEX r_incident_resolve_due ON r_incident (f_resolve_due, id, tagset);

CREATE INDEX r_task_asset ON r_task (f_asset, id, tagset);

CREATE INDEX r_task_level ON r_task (f_level, id, tagset);

CREATE INDEX r_task_order_due ON r_task (f_order_due, id, tagset);

CREATE INDEX r_task_breached ON r_task (f_breached, id, tagset);

CREATE INDEX r_message_due ON r_message (f_due, id, tagset);
