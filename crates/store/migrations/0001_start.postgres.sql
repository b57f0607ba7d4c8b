CREATE TABLE counter (
  kind TEXT COLLATE "C" PRIMARY KEY,
  next BIGINT NOT NULL
);

CREATE TABLE tag_set (
  id BIGINT PRIMARY KEY,
  tags TEXT COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE history (
  seq BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  person BIGINT,
  actor TEXT COLLATE "C" NOT NULL,
  via TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  act TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C",
  change TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  hash TEXT COLLATE "C" NOT NULL
);

CREATE TABLE vault (
  space TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  person BIGINT,
  value TEXT COLLATE "C" NOT NULL,
  expires BIGINT
);

CREATE TABLE blob (
  sha256 TEXT COLLATE "C" PRIMARY KEY,
  size BIGINT NOT NULL,
  bytes BYTEA NOT NULL
);

CREATE TABLE r_alert (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_severity BIGINT,
  f_tier BIGINT,
  f_owner BIGINT,
  f_entity TEXT COLLATE "C",
  f_description TEXT COLLATE "C",
  f_technique TEXT COLLATE "C",
  f_rule BIGINT,
  f_source TEXT COLLATE "C",
  f_site BIGINT,
  f_asset BIGINT,
  f_count BIGINT,
  f_first_seen BIGINT,
  f_last_seen BIGINT,
  f_triage_due BIGINT,
  f_touched BIGINT,
  f_verdict BIGINT,
  f_verdict_reason TEXT COLLATE "C",
  f_closed BIGINT,
  f_incident BIGINT,
  f_why TEXT COLLATE "C",
  f_events TEXT COLLATE "C",
  f_group_key TEXT COLLATE "C",
  f_reporter BIGINT
);

CREATE TABLE r_log_source (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_heard BIGINT,
  f_interval BIGINT,
  f_product BIGINT,
  f_site BIGINT,
  f_asset BIGINT,
  f_owner BIGINT,
  f_keep_days BIGINT,
  f_last_event BIGINT,
  f_events BIGINT,
  f_bad_lines BIGINT,
  f_last_problem TEXT COLLATE "C",
  f_expected BIGINT
);

CREATE TABLE r_detection_rule (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_severity BIGINT,
  f_rule_id TEXT COLLATE "C",
  f_description TEXT COLLATE "C",
  f_refused TEXT COLLATE "C",
  f_author TEXT COLLATE "C",
  f_product TEXT COLLATE "C",
  f_logsource TEXT COLLATE "C",
  f_technique TEXT COLLATE "C",
  f_source TEXT COLLATE "C",
  f_version_hash TEXT COLLATE "C",
  f_text TEXT COLLATE "C",
  f_owner BIGINT
);

CREATE TABLE r_suppression (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_rule BIGINT,
  f_entity TEXT COLLATE "C",
  f_reason TEXT COLLATE "C",
  f_owner BIGINT,
  f_until BIGINT,
  f_hidden BIGINT
);

CREATE TABLE r_incident (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_severity BIGINT,
  f_phase BIGINT,
  f_manager BIGINT,
  f_summary TEXT COLLATE "C",
  f_site BIGINT,
  f_assets TEXT COLLATE "C",
  f_roles TEXT COLLATE "C",
  f_timeline TEXT COLLATE "C",
  f_theories TEXT COLLATE "C",
  f_decisions TEXT COLLATE "C",
  f_evidence TEXT COLLATE "C",
  f_declared BIGINT,
  f_resolved BIGINT,
  f_closed BIGINT,
  f_next_update BIGINT,
  f_cause TEXT COLLATE "C",
  f_lessons TEXT COLLATE "C"
);

CREATE TABLE r_task (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_assignee BIGINT,
  f_due TEXT COLLATE "C",
  f_description TEXT COLLATE "C",
  f_incident BIGINT,
  f_outcome TEXT COLLATE "C",
  f_done_at BIGINT
);

CREATE TABLE r_asset (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_class BIGINT,
  f_criticality BIGINT,
  f_owner BIGINT,
  f_site BIGINT,
  f_identifiers TEXT COLLATE "C",
  f_description TEXT COLLATE "C",
  f_depends_on TEXT COLLATE "C",
  f_retired BIGINT
);

CREATE TABLE r_finding (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_severity BIGINT,
  f_planned BIGINT,
  f_asset BIGINT,
  f_site BIGINT,
  f_owner BIGINT,
  f_due TEXT COLLATE "C",
  f_description TEXT COLLATE "C",
  f_plan TEXT COLLATE "C",
  f_milestones TEXT COLLATE "C",
  f_source TEXT COLLATE "C",
  f_proof TEXT COLLATE "C",
  f_closed BIGINT
);

CREATE TABLE r_duty (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_code TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_group TEXT COLLATE "C",
  f_rhythm TEXT COLLATE "C",
  f_measure TEXT COLLATE "C",
  f_connect TEXT COLLATE "C"
);

CREATE TABLE r_held_duty (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_duty BIGINT,
  f_site BIGINT,
  f_responsible BIGINT,
  f_accountable BIGINT,
  f_consulted TEXT COLLATE "C",
  f_informed TEXT COLLATE "C",
  f_state BIGINT,
  f_grade BIGINT,
  f_figure TEXT COLLATE "C",
  f_measured_at BIGINT
);

CREATE TABLE r_site (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_zone TEXT COLLATE "C",
  f_manager BIGINT,
  f_address TEXT COLLATE "C",
  f_description TEXT COLLATE "C"
);

CREATE TABLE r_person (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_email TEXT COLLATE "C",
  f_job TEXT COLLATE "C",
  f_phone TEXT COLLATE "C",
  f_site BIGINT,
  f_leaves TEXT COLLATE "C"
);

CREATE TABLE r_group (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_description TEXT COLLATE "C",
  f_people TEXT COLLATE "C",
  f_groups TEXT COLLATE "C",
  f_assets TEXT COLLATE "C",
  f_sites TEXT COLLATE "C"
);

CREATE TABLE r_function (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_holder BIGINT,
  f_deputy BIGINT,
  f_reports_to BIGINT,
  f_description TEXT COLLATE "C"
);

CREATE TABLE r_role (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_description TEXT COLLATE "C",
  f_permissions TEXT COLLATE "C",
  f_built_in BIGINT
);

CREATE TABLE r_role_assignment (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_role BIGINT,
  f_members TEXT COLLATE "C",
  f_scope TEXT COLLATE "C",
  f_shows TEXT COLLATE "C",
  f_organisation_wide BIGINT
);

CREATE TABLE r_scope_tag (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_description TEXT COLLATE "C"
);

CREATE TABLE r_comment (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_on_kind TEXT COLLATE "C",
  f_on_id BIGINT,
  f_author BIGINT,
  f_text TEXT COLLATE "C"
);

CREATE TABLE r_attachment (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_on_kind TEXT COLLATE "C",
  f_on_id BIGINT,
  f_name TEXT COLLATE "C",
  f_media_type TEXT COLLATE "C",
  f_size BIGINT,
  f_file TEXT COLLATE "C",
  f_author BIGINT
);

CREATE TABLE r_saved_view (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_of_kind TEXT COLLATE "C",
  f_filter TEXT COLLATE "C",
  f_sort TEXT COLLATE "C",
  f_owner BIGINT
);

CREATE INDEX history_record ON history (kind, id, seq);

CREATE INDEX history_person ON history (person, seq);

CREATE UNIQUE INDEX vault_key ON vault (space, key);

CREATE INDEX vault_person ON vault (space, person);

CREATE UNIQUE INDEX r_alert_external ON r_alert (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_alert_updated ON r_alert (updated, id);

CREATE INDEX r_alert_severity ON r_alert (f_severity NULLS FIRST, id, tagset);

CREATE INDEX r_alert_tier ON r_alert (f_tier NULLS FIRST, id, tagset);

CREATE INDEX r_alert_owner ON r_alert (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_alert_entity ON r_alert (f_entity NULLS FIRST, id, tagset);

CREATE INDEX r_alert_entity_folded ON r_alert (LOWER(f_entity COLLATE "C"), id);

CREATE INDEX r_alert_technique ON r_alert (f_technique NULLS FIRST, id, tagset);

CREATE INDEX r_alert_technique_folded ON r_alert (LOWER(f_technique COLLATE "C"), id);

CREATE INDEX r_alert_source ON r_alert (f_source NULLS FIRST, id, tagset);

CREATE INDEX r_alert_source_folded ON r_alert (LOWER(f_source COLLATE "C"), id);

CREATE INDEX r_alert_site ON r_alert (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_alert_asset ON r_alert (f_asset NULLS FIRST, id, tagset);

CREATE INDEX r_alert_last_seen ON r_alert (f_last_seen NULLS FIRST, id, tagset);

CREATE INDEX r_alert_triage_due ON r_alert (f_triage_due NULLS FIRST, id, tagset);

CREATE INDEX r_alert_touched ON r_alert (f_touched NULLS FIRST, id, tagset);

CREATE INDEX r_alert_closed ON r_alert (f_closed NULLS FIRST, id, tagset);

CREATE INDEX r_alert_incident ON r_alert (f_incident NULLS FIRST, id, tagset);

CREATE INDEX r_alert_group_key ON r_alert (f_group_key NULLS FIRST, id, tagset);

CREATE INDEX r_alert_group_key_folded ON r_alert (LOWER(f_group_key COLLATE "C"), id);

CREATE INDEX r_alert_queue ON r_alert (f_state, f_last_seen NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_log_source_external ON r_log_source (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_log_source_updated ON r_log_source (updated, id);

CREATE UNIQUE INDEX r_log_source_name_unique ON r_log_source (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_log_source_name ON r_log_source (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_log_source_heard ON r_log_source (f_heard NULLS FIRST, id, tagset);

CREATE INDEX r_log_source_site ON r_log_source (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_log_source_owner ON r_log_source (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_log_source_last_event ON r_log_source (f_last_event NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_detection_rule_external ON r_detection_rule (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_detection_rule_updated ON r_detection_rule (updated, id);

CREATE INDEX r_detection_rule_title ON r_detection_rule (f_title NULLS FIRST, id, tagset);

CREATE INDEX r_detection_rule_title_folded ON r_detection_rule (LOWER(f_title COLLATE "C"), id);

CREATE UNIQUE INDEX r_detection_rule_rule_id_unique ON r_detection_rule (LOWER(f_rule_id COLLATE "C")) WHERE f_rule_id IS NOT NULL;

CREATE INDEX r_detection_rule_rule_id ON r_detection_rule (f_rule_id NULLS FIRST, id, tagset);

CREATE INDEX r_detection_rule_queue ON r_detection_rule (f_state, f_title NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_suppression_external ON r_suppression (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_suppression_updated ON r_suppression (updated, id);

CREATE INDEX r_suppression_rule ON r_suppression (f_rule NULLS FIRST, id, tagset);

CREATE INDEX r_suppression_until ON r_suppression (f_until NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_incident_external ON r_incident (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_incident_updated ON r_incident (updated, id);

CREATE INDEX r_incident_severity ON r_incident (f_severity NULLS FIRST, id, tagset);

CREATE INDEX r_incident_manager ON r_incident (f_manager NULLS FIRST, id, tagset);

CREATE INDEX r_incident_site ON r_incident (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_incident_declared ON r_incident (f_declared NULLS FIRST, id, tagset);

CREATE INDEX r_incident_queue ON r_incident (f_state, f_declared NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_task_external ON r_task (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_task_updated ON r_task (updated, id);

CREATE INDEX r_task_assignee ON r_task (f_assignee NULLS FIRST, id, tagset);

CREATE INDEX r_task_due ON r_task (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_task_incident ON r_task (f_incident NULLS FIRST, id, tagset);

CREATE INDEX r_task_queue ON r_task (f_state, f_due NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_asset_external ON r_asset (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_asset_updated ON r_asset (updated, id);

CREATE INDEX r_asset_name ON r_asset (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_asset_name_folded ON r_asset (LOWER(f_name COLLATE "C"), id);

CREATE INDEX r_asset_class ON r_asset (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_asset_criticality ON r_asset (f_criticality NULLS FIRST, id, tagset);

CREATE INDEX r_asset_owner ON r_asset (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_asset_site ON r_asset (f_site NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_finding_external ON r_finding (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_finding_updated ON r_finding (updated, id);

CREATE INDEX r_finding_severity ON r_finding (f_severity NULLS FIRST, id, tagset);

CREATE INDEX r_finding_asset ON r_finding (f_asset NULLS FIRST, id, tagset);

CREATE INDEX r_finding_site ON r_finding (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_finding_owner ON r_finding (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_finding_due ON r_finding (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_finding_source ON r_finding (f_source NULLS FIRST, id, tagset);

CREATE INDEX r_finding_source_folded ON r_finding (LOWER(f_source COLLATE "C"), id);

CREATE INDEX r_finding_queue ON r_finding (f_state, f_due NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_duty_external ON r_duty (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_duty_updated ON r_duty (updated, id);

CREATE UNIQUE INDEX r_duty_code_unique ON r_duty (LOWER(f_code COLLATE "C")) WHERE f_code IS NOT NULL;

CREATE INDEX r_duty_code ON r_duty (f_code NULLS FIRST, id, tagset);

CREATE INDEX r_duty_group ON r_duty (f_group NULLS FIRST, id, tagset);

CREATE INDEX r_duty_group_folded ON r_duty (LOWER(f_group COLLATE "C"), id);

CREATE UNIQUE INDEX r_held_duty_external ON r_held_duty (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_held_duty_updated ON r_held_duty (updated, id);

CREATE INDEX r_held_duty_title ON r_held_duty (f_title NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_title_folded ON r_held_duty (LOWER(f_title COLLATE "C"), id);

CREATE INDEX r_held_duty_duty ON r_held_duty (f_duty NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_site ON r_held_duty (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_responsible ON r_held_duty (f_responsible NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_accountable ON r_held_duty (f_accountable NULLS FIRST, id, tagset);

CREATE INDEX r_held_duty_state ON r_held_duty (f_state NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_site_external ON r_site (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_site_updated ON r_site (updated, id);

CREATE UNIQUE INDEX r_site_name_unique ON r_site (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_site_name ON r_site (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_site_manager ON r_site (f_manager NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_person_external ON r_person (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_person_updated ON r_person (updated, id);

CREATE INDEX r_person_name ON r_person (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_person_name_folded ON r_person (LOWER(f_name COLLATE "C"), id);

CREATE UNIQUE INDEX r_person_email_unique ON r_person (LOWER(f_email COLLATE "C")) WHERE f_email IS NOT NULL;

CREATE INDEX r_person_email ON r_person (f_email NULLS FIRST, id, tagset);

CREATE INDEX r_person_site ON r_person (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_person_leaves ON r_person (f_leaves NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_group_external ON r_group (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_group_updated ON r_group (updated, id);

CREATE UNIQUE INDEX r_group_name_unique ON r_group (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_group_name ON r_group (f_name NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_function_external ON r_function (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_function_updated ON r_function (updated, id);

CREATE UNIQUE INDEX r_function_name_unique ON r_function (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_function_name ON r_function (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_function_holder ON r_function (f_holder NULLS FIRST, id, tagset);

CREATE INDEX r_function_deputy ON r_function (f_deputy NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_role_external ON r_role (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_role_updated ON r_role (updated, id);

CREATE UNIQUE INDEX r_role_name_unique ON r_role (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_role_name ON r_role (f_name NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_role_assignment_external ON r_role_assignment (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_role_assignment_updated ON r_role_assignment (updated, id);

CREATE INDEX r_role_assignment_name ON r_role_assignment (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_role_assignment_name_folded ON r_role_assignment (LOWER(f_name COLLATE "C"), id);

CREATE INDEX r_role_assignment_role ON r_role_assignment (f_role NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_scope_tag_external ON r_scope_tag (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_scope_tag_updated ON r_scope_tag (updated, id);

CREATE UNIQUE INDEX r_scope_tag_name_unique ON r_scope_tag (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_scope_tag_name ON r_scope_tag (f_name NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_comment_external ON r_comment (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_comment_updated ON r_comment (updated, id);

CREATE INDEX r_comment_on_kind ON r_comment (f_on_kind NULLS FIRST, id, tagset);

CREATE INDEX r_comment_on_kind_folded ON r_comment (LOWER(f_on_kind COLLATE "C"), id);

CREATE INDEX r_comment_on_id ON r_comment (f_on_id NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_attachment_external ON r_attachment (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_attachment_updated ON r_attachment (updated, id);

CREATE INDEX r_attachment_on_kind ON r_attachment (f_on_kind NULLS FIRST, id, tagset);

CREATE INDEX r_attachment_on_kind_folded ON r_attachment (LOWER(f_on_kind COLLATE "C"), id);

CREATE INDEX r_attachment_on_id ON r_attachment (f_on_id NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_saved_view_external ON r_saved_view (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_saved_view_updated ON r_saved_view (updated, id);

CREATE INDEX r_saved_view_name ON r_saved_view (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_saved_view_name_folded ON r_saved_view (LOWER(f_name COLLATE "C"), id);

CREATE INDEX r_saved_view_of_kind ON r_saved_view (f_of_kind NULLS FIRST, id, tagset);

CREATE INDEX r_saved_view_of_kind_folded ON r_saved_view (LOWER(f_of_kind COLLATE "C"), id);

CREATE INDEX r_saved_view_owner ON r_saved_view (f_owner NULLS FIRST, id, tagset);

CREATE TABLE search_alert (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_alert_words ON search_alert USING GIN (words);

CREATE TABLE search_log_source (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_log_source_words ON search_log_source USING GIN (words);

CREATE TABLE search_detection_rule (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_detection_rule_words ON search_detection_rule USING GIN (words);

CREATE TABLE search_suppression (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_suppression_words ON search_suppression USING GIN (words);

CREATE TABLE search_incident (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_incident_words ON search_incident USING GIN (words);

CREATE TABLE search_task (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_task_words ON search_task USING GIN (words);

CREATE TABLE search_asset (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_asset_words ON search_asset USING GIN (words);

CREATE TABLE search_finding (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_finding_words ON search_finding USING GIN (words);

CREATE TABLE search_duty (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_duty_words ON search_duty USING GIN (words);

CREATE TABLE search_held_duty (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_held_duty_words ON search_held_duty USING GIN (words);

CREATE TABLE search_site (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_site_words ON search_site USING GIN (words);

CREATE TABLE search_person (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_person_words ON search_person USING GIN (words);

CREATE TABLE search_group (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_group_words ON search_group USING GIN (words);

CREATE TABLE search_function (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_function_words ON search_function USING GIN (words);

CREATE TABLE search_role (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_role_words ON search_role USING GIN (words);

CREATE TABLE search_role_assignment (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_role_assignment_words ON search_role_assignment USING GIN (words);

CREATE TABLE search_scope_tag (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_scope_tag_words ON search_scope_tag USING GIN (words);

CREATE TABLE search_attachment (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_attachment_words ON search_attachment USING GIN (words);
