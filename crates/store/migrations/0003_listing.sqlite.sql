CREATE INDEX r_alert_created ON r_alert (created, id);

CREATE INDEX r_alert_first_seen ON r_alert (f_first_seen, id, tagset);

CREATE INDEX r_log_source_created ON r_log_source (created, id);

CREATE INDEX r_detection_rule_created ON r_detection_rule (created, id);

CREATE INDEX r_suppression_created ON r_suppression (created, id);

CREATE INDEX r_incident_created ON r_incident (created, id);

CREATE INDEX r_task_created ON r_task (created, id);

CREATE INDEX r_asset_created ON r_asset (created, id);

CREATE INDEX r_finding_created ON r_finding (created, id);

CREATE INDEX r_duty_created ON r_duty (created, id);

CREATE INDEX r_held_duty_created ON r_held_duty (created, id);

CREATE INDEX r_site_created ON r_site (created, id);

CREATE INDEX r_person_created ON r_person (created, id);

CREATE INDEX r_group_created ON r_group (created, id);

CREATE INDEX r_function_created ON r_function (created, id);

CREATE INDEX r_role_created ON r_role (created, id);

CREATE INDEX r_role_assignment_created ON r_role_assignment (created, id);

CREATE INDEX r_scope_tag_created ON r_scope_tag (created, id);

CREATE INDEX r_comment_created ON r_comment (created, id);

CREATE INDEX r_attachment_created ON r_attachment (created, id);

CREATE INDEX r_saved_view_created ON r_saved_view (created, id);

CREATE INDEX r_custom_field_created ON r_custom_field (created, id);
