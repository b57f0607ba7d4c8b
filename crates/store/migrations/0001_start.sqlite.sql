CREATE TABLE counter (
  kind TEXT PRIMARY KEY,
  next INTEGER NOT NULL
);

CREATE TABLE tag_set (
  id INTEGER PRIMARY KEY,
  tags TEXT NOT NULL UNIQUE
);

CREATE TABLE history (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  person INTEGER,
  actor TEXT NOT NULL,
  via TEXT NOT NULL,
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  act TEXT NOT NULL,
  reason TEXT,
  change TEXT NOT NULL,
  state TEXT NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE vault (
  space TEXT NOT NULL,
  key TEXT NOT NULL,
  person INTEGER,
  value TEXT NOT NULL,
  expires INTEGER
);

CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
);

CREATE TABLE r_alert (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_severity INTEGER,
  f_tier INTEGER,
  f_owner INTEGER,
  f_entity TEXT,
  f_description TEXT,
  f_technique TEXT,
  f_rule INTEGER,
  f_source TEXT,
  f_site INTEGER,
  f_asset INTEGER,
  f_count INTEGER,
  f_first_seen INTEGER,
  f_last_seen INTEGER,
  f_triage_due INTEGER,
  f_touched INTEGER,
  f_verdict INTEGER,
  f_verdict_reason TEXT,
  f_closed INTEGER,
  f_incident INTEGER,
  f_why TEXT,
  f_events TEXT,
  f_group_key TEXT,
  f_reporter INTEGER
);

CREATE TABLE r_log_source (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_heard INTEGER,
  f_interval INTEGER,
  f_product INTEGER,
  f_site INTEGER,
  f_asset INTEGER,
  f_owner INTEGER,
  f_keep_days INTEGER,
  f_last_event INTEGER,
  f_events INTEGER,
  f_bad_lines INTEGER,
  f_last_problem TEXT,
  f_expected INTEGER
);

CREATE TABLE r_detection_rule (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_severity INTEGER,
  f_rule_id TEXT,
  f_description TEXT,
  f_refused TEXT,
  f_author TEXT,
  f_product TEXT,
  f_logsource TEXT,
  f_technique TEXT,
  f_source TEXT,
  f_version_hash TEXT,
  f_text TEXT,
  f_owner INTEGER
);

CREATE TABLE r_suppression (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_rule INTEGER,
  f_entity TEXT,
  f_reason TEXT,
  f_owner INTEGER,
  f_until INTEGER,
  f_hidden INTEGER
);

CREATE TABLE r_incident (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_severity INTEGER,
  f_phase INTEGER,
  f_manager INTEGER,
  f_summary TEXT,
  f_site INTEGER,
  f_assets TEXT,
  f_roles TEXT,
  f_timeline TEXT,
  f_theories TEXT,
  f_decisions TEXT,
  f_evidence TEXT,
  f_declared INTEGER,
  f_resolved INTEGER,
  f_closed INTEGER,
  f_next_update INTEGER,
  f_cause TEXT,
  f_lessons TEXT
);

CREATE TABLE r_task (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_assignee INTEGER,
  f_due TEXT,
  f_description TEXT,
  f_incident INTEGER,
  f_outcome TEXT,
  f_done_at INTEGER
);

CREATE TABLE r_asset (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_class INTEGER,
  f_criticality INTEGER,
  f_owner INTEGER,
  f_site INTEGER,
  f_identifiers TEXT,
  f_description TEXT,
  f_depends_on TEXT,
  f_retired INTEGER
);

CREATE TABLE r_finding (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_severity INTEGER,
  f_planned INTEGER,
  f_asset INTEGER,
  f_site INTEGER,
  f_owner INTEGER,
  f_due TEXT,
  f_description TEXT,
  f_plan TEXT,
  f_milestones TEXT,
  f_source TEXT,
  f_proof TEXT,
  f_closed INTEGER
);

CREATE TABLE r_duty (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_code TEXT,
  f_title TEXT,
  f_group TEXT,
  f_rhythm TEXT,
  f_measure TEXT,
  f_connect TEXT
);

CREATE TABLE r_held_duty (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_duty INTEGER,
  f_site INTEGER,
  f_responsible INTEGER,
  f_accountable INTEGER,
  f_consulted TEXT,
  f_informed TEXT,
  f_state INTEGER,
  f_grade INTEGER,
  f_figure TEXT,
  f_measured_at INTEGER
);

CREATE TABLE r_site (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_zone TEXT,
  f_manager INTEGER,
  f_address TEXT,
  f_description TEXT
);

CREATE TABLE r_person (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_email TEXT,
  f_job TEXT,
  f_phone TEXT,
  f_site INTEGER,
  f_leaves TEXT
);

CREATE TABLE r_group (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_description TEXT,
  f_people TEXT,
  f_groups TEXT,
  f_assets TEXT,
  f_sites TEXT
);

CREATE TABLE r_function (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_holder INTEGER,
  f_deputy INTEGER,
  f_reports_to INTEGER,
  f_description TEXT
);

CREATE TABLE r_role (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_description TEXT,
  f_permissions TEXT,
  f_built_in INTEGER
);

CREATE TABLE r_role_assignment (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_role INTEGER,
  f_members TEXT,
  f_scope TEXT,
  f_shows TEXT,
  f_organisation_wide INTEGER
);

CREATE TABLE r_scope_tag (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_description TEXT
);

CREATE TABLE r_comment (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_on_kind TEXT,
  f_on_id INTEGER,
  f_author INTEGER,
  f_text TEXT
);

CREATE TABLE r_attachment (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_on_kind TEXT,
  f_on_id INTEGER,
  f_name TEXT,
  f_media_type TEXT,
  f_size INTEGER,
  f_file TEXT,
  f_author INTEGER
);

CREATE TABLE r_saved_view (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_of_kind TEXT,
  f_filter TEXT,
  f_sort TEXT,
  f_owner INTEGER
);

CREATE INDEX history_record ON history (kind, id, seq);

CREATE INDEX history_person ON history (person, seq);

CREATE UNIQUE INDEX vault_key ON vault (space, key);

CREATE INDEX vault_person ON vault (space, person);

CREATE UNIQUE INDEX r_alert_external ON r_alert (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_alert_updated ON r_alert (updated, id);

CREATE INDEX r_alert_severity ON r_alert (f_severity, id, tagset);

CREATE INDEX r_alert_tier ON r_alert (f_tier, id, tagset);

CREATE INDEX r_alert_owner ON r_alert (f_owner, id, tagset);

CREATE INDEX r_alert_entity ON r_alert (f_entity, id, tagset);

CREATE INDEX r_alert_entity_folded ON r_alert (LOWER(f_entity), id);

CREATE INDEX r_alert_technique ON r_alert (f_technique, id, tagset);

CREATE INDEX r_alert_technique_folded ON r_alert (LOWER(f_technique), id);

CREATE INDEX r_alert_source ON r_alert (f_source, id, tagset);

CREATE INDEX r_alert_source_folded ON r_alert (LOWER(f_source), id);

CREATE INDEX r_alert_site ON r_alert (f_site, id, tagset);

CREATE INDEX r_alert_asset ON r_alert (f_asset, id, tagset);

CREATE INDEX r_alert_last_seen ON r_alert (f_last_seen, id, tagset);

CREATE INDEX r_alert_triage_due ON r_alert (f_triage_due, id, tagset);

CREATE INDEX r_alert_touched ON r_alert (f_touched, id, tagset);

CREATE INDEX r_alert_closed ON r_alert (f_closed, id, tagset);

CREATE INDEX r_alert_incident ON r_alert (f_incident, id, tagset);

CREATE INDEX r_alert_group_key ON r_alert (f_group_key, id, tagset);

CREATE INDEX r_alert_group_key_folded ON r_alert (LOWER(f_group_key), id);

CREATE INDEX r_alert_queue ON r_alert (f_state, f_last_seen, id, tagset);

CREATE UNIQUE INDEX r_log_source_external ON r_log_source (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_log_source_updated ON r_log_source (updated, id);

CREATE UNIQUE INDEX r_log_source_name_unique ON r_log_source (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_log_source_name ON r_log_source (f_name, id, tagset);

CREATE INDEX r_log_source_heard ON r_log_source (f_heard, id, tagset);

CREATE INDEX r_log_source_site ON r_log_source (f_site, id, tagset);

CREATE INDEX r_log_source_owner ON r_log_source (f_owner, id, tagset);

CREATE INDEX r_log_source_last_event ON r_log_source (f_last_event, id, tagset);

CREATE UNIQUE INDEX r_detection_rule_external ON r_detection_rule (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_detection_rule_updated ON r_detection_rule (updated, id);

CREATE INDEX r_detection_rule_title ON r_detection_rule (f_title, id, tagset);

CREATE INDEX r_detection_rule_title_folded ON r_detection_rule (LOWER(f_title), id);

CREATE UNIQUE INDEX r_detection_rule_rule_id_unique ON r_detection_rule (LOWER(f_rule_id)) WHERE f_rule_id IS NOT NULL;

CREATE INDEX r_detection_rule_rule_id ON r_detection_rule (f_rule_id, id, tagset);

CREATE INDEX r_detection_rule_queue ON r_detection_rule (f_state, f_title, id, tagset);

CREATE UNIQUE INDEX r_suppression_external ON r_suppression (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_suppression_updated ON r_suppression (updated, id);

CREATE INDEX r_suppression_rule ON r_suppression (f_rule, id, tagset);

CREATE INDEX r_suppression_until ON r_suppression (f_until, id, tagset);

CREATE UNIQUE INDEX r_incident_external ON r_incident (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_incident_updated ON r_incident (updated, id);

CREATE INDEX r_incident_severity ON r_incident (f_severity, id, tagset);

CREATE INDEX r_incident_manager ON r_incident (f_manager, id, tagset);

CREATE INDEX r_incident_site ON r_incident (f_site, id, tagset);

CREATE INDEX r_incident_declared ON r_incident (f_declared, id, tagset);

CREATE INDEX r_incident_queue ON r_incident (f_state, f_declared, id, tagset);

CREATE UNIQUE INDEX r_task_external ON r_task (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_task_updated ON r_task (updated, id);

CREATE INDEX r_task_assignee ON r_task (f_assignee, id, tagset);

CREATE INDEX r_task_due ON r_task (f_due, id, tagset);

CREATE INDEX r_task_incident ON r_task (f_incident, id, tagset);

CREATE INDEX r_task_queue ON r_task (f_state, f_due, id, tagset);

CREATE UNIQUE INDEX r_asset_external ON r_asset (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_asset_updated ON r_asset (updated, id);

CREATE INDEX r_asset_name ON r_asset (f_name, id, tagset);

CREATE INDEX r_asset_name_folded ON r_asset (LOWER(f_name), id);

CREATE INDEX r_asset_class ON r_asset (f_class, id, tagset);

CREATE INDEX r_asset_criticality ON r_asset (f_criticality, id, tagset);

CREATE INDEX r_asset_owner ON r_asset (f_owner, id, tagset);

CREATE INDEX r_asset_site ON r_asset (f_site, id, tagset);

CREATE UNIQUE INDEX r_finding_external ON r_finding (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_finding_updated ON r_finding (updated, id);

CREATE INDEX r_finding_severity ON r_finding (f_severity, id, tagset);

CREATE INDEX r_finding_asset ON r_finding (f_asset, id, tagset);

CREATE INDEX r_finding_site ON r_finding (f_site, id, tagset);

CREATE INDEX r_finding_owner ON r_finding (f_owner, id, tagset);

CREATE INDEX r_finding_due ON r_finding (f_due, id, tagset);

CREATE INDEX r_finding_source ON r_finding (f_source, id, tagset);

CREATE INDEX r_finding_source_folded ON r_finding (LOWER(f_source), id);

CREATE INDEX r_finding_queue ON r_finding (f_state, f_due, id, tagset);

CREATE UNIQUE INDEX r_duty_external ON r_duty (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_duty_updated ON r_duty (updated, id);

CREATE UNIQUE INDEX r_duty_code_unique ON r_duty (LOWER(f_code)) WHERE f_code IS NOT NULL;

CREATE INDEX r_duty_code ON r_duty (f_code, id, tagset);

CREATE INDEX r_duty_group ON r_duty (f_group, id, tagset);

CREATE INDEX r_duty_group_folded ON r_duty (LOWER(f_group), id);

CREATE UNIQUE INDEX r_held_duty_external ON r_held_duty (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_held_duty_updated ON r_held_duty (updated, id);

CREATE INDEX r_held_duty_title ON r_held_duty (f_title, id, tagset);

CREATE INDEX r_held_duty_title_folded ON r_held_duty (LOWER(f_title), id);

CREATE INDEX r_held_duty_duty ON r_held_duty (f_duty, id, tagset);

CREATE INDEX r_held_duty_site ON r_held_duty (f_site, id, tagset);

CREATE INDEX r_held_duty_responsible ON r_held_duty (f_responsible, id, tagset);

CREATE INDEX r_held_duty_accountable ON r_held_duty (f_accountable, id, tagset);

CREATE INDEX r_held_duty_state ON r_held_duty (f_state, id, tagset);

CREATE UNIQUE INDEX r_site_external ON r_site (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_site_updated ON r_site (updated, id);

CREATE UNIQUE INDEX r_site_name_unique ON r_site (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_site_name ON r_site (f_name, id, tagset);

CREATE INDEX r_site_manager ON r_site (f_manager, id, tagset);

CREATE UNIQUE INDEX r_person_external ON r_person (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_person_updated ON r_person (updated, id);

CREATE INDEX r_person_name ON r_person (f_name, id, tagset);

CREATE INDEX r_person_name_folded ON r_person (LOWER(f_name), id);

CREATE UNIQUE INDEX r_person_email_unique ON r_person (LOWER(f_email)) WHERE f_email IS NOT NULL;

CREATE INDEX r_person_email ON r_person (f_email, id, tagset);

CREATE INDEX r_person_site ON r_person (f_site, id, tagset);

CREATE INDEX r_person_leaves ON r_person (f_leaves, id, tagset);

CREATE UNIQUE INDEX r_group_external ON r_group (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_group_updated ON r_group (updated, id);

CREATE UNIQUE INDEX r_group_name_unique ON r_group (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_group_name ON r_group (f_name, id, tagset);

CREATE UNIQUE INDEX r_function_external ON r_function (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_function_updated ON r_function (updated, id);

CREATE UNIQUE INDEX r_function_name_unique ON r_function (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_function_name ON r_function (f_name, id, tagset);

CREATE INDEX r_function_holder ON r_function (f_holder, id, tagset);

CREATE INDEX r_function_deputy ON r_function (f_deputy, id, tagset);

CREATE UNIQUE INDEX r_role_external ON r_role (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_role_updated ON r_role (updated, id);

CREATE UNIQUE INDEX r_role_name_unique ON r_role (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_role_name ON r_role (f_name, id, tagset);

CREATE UNIQUE INDEX r_role_assignment_external ON r_role_assignment (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_role_assignment_updated ON r_role_assignment (updated, id);

CREATE INDEX r_role_assignment_name ON r_role_assignment (f_name, id, tagset);

CREATE INDEX r_role_assignment_name_folded ON r_role_assignment (LOWER(f_name), id);

CREATE INDEX r_role_assignment_role ON r_role_assignment (f_role, id, tagset);

CREATE UNIQUE INDEX r_scope_tag_external ON r_scope_tag (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_scope_tag_updated ON r_scope_tag (updated, id);

CREATE UNIQUE INDEX r_scope_tag_name_unique ON r_scope_tag (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_scope_tag_name ON r_scope_tag (f_name, id, tagset);

CREATE UNIQUE INDEX r_comment_external ON r_comment (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_comment_updated ON r_comment (updated, id);

CREATE INDEX r_comment_on_kind ON r_comment (f_on_kind, id, tagset);

CREATE INDEX r_comment_on_kind_folded ON r_comment (LOWER(f_on_kind), id);

CREATE INDEX r_comment_on_id ON r_comment (f_on_id, id, tagset);

CREATE UNIQUE INDEX r_attachment_external ON r_attachment (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_attachment_updated ON r_attachment (updated, id);

CREATE INDEX r_attachment_on_kind ON r_attachment (f_on_kind, id, tagset);

CREATE INDEX r_attachment_on_kind_folded ON r_attachment (LOWER(f_on_kind), id);

CREATE INDEX r_attachment_on_id ON r_attachment (f_on_id, id, tagset);

CREATE UNIQUE INDEX r_saved_view_external ON r_saved_view (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_saved_view_updated ON r_saved_view (updated, id);

CREATE INDEX r_saved_view_name ON r_saved_view (f_name, id, tagset);

CREATE INDEX r_saved_view_name_folded ON r_saved_view (LOWER(f_name), id);

CREATE INDEX r_saved_view_of_kind ON r_saved_view (f_of_kind, id, tagset);

CREATE INDEX r_saved_view_of_kind_folded ON r_saved_view (LOWER(f_of_kind), id);

CREATE INDEX r_saved_view_owner ON r_saved_view (f_owner, id, tagset);

CREATE VIRTUAL TABLE search_alert USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_log_source USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_detection_rule USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_suppression USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_incident USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_task USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_asset USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_finding USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_duty USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_held_duty USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_site USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_person USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_group USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_function USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_role USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_role_assignment USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_scope_tag USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_attachment USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');
