CREATE TABLE r_indicator (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_value TEXT,
  f_class INTEGER,
  f_confidence INTEGER,
  f_sharing INTEGER,
  f_source INTEGER,
  f_description TEXT,
  f_sightings TEXT,
  f_seen_last INTEGER,
  f_expires TEXT,
  f_retired INTEGER
);

CREATE TABLE r_intelligence (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_level INTEGER,
  f_source TEXT,
  f_reliability INTEGER,
  f_credibility INTEGER,
  f_text TEXT,
  f_owner INTEGER,
  f_own_product INTEGER,
  f_valid_until TEXT,
  f_outcome TEXT,
  f_decided INTEGER,
  f_decided_by INTEGER
);

CREATE TABLE r_hunt (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_hypothesis TEXT,
  f_technique TEXT,
  f_query TEXT,
  f_hunter INTEGER,
  f_starts TEXT,
  f_due TEXT,
  f_found INTEGER,
  f_result TEXT,
  f_rules TEXT,
  f_findings TEXT,
  f_closed INTEGER
);

CREATE TABLE r_risk (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_class INTEGER,
  f_scenario TEXT,
  f_likelihood INTEGER,
  f_impact INTEGER,
  f_score INTEGER,
  f_owner INTEGER,
  f_treatment INTEGER,
  f_plan TEXT,
  f_due TEXT,
  f_likelihood_left INTEGER,
  f_impact_left INTEGER,
  f_residual INTEGER,
  f_controls TEXT,
  f_assets TEXT,
  f_site INTEGER,
  f_party INTEGER,
  f_review_due TEXT,
  f_accepted_until TEXT,
  f_accepted_by INTEGER,
  f_accepted_at INTEGER
);

CREATE TABLE r_framework (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_class INTEGER,
  f_edition TEXT,
  f_issuer TEXT,
  f_owner INTEGER,
  f_scope TEXT,
  f_review_due TEXT
);

CREATE TABLE r_requirement (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_code TEXT,
  f_title TEXT,
  f_framework INTEGER,
  f_part_of INTEGER,
  f_text TEXT,
  f_applies INTEGER,
  f_reason TEXT,
  f_owner INTEGER
);

CREATE TABLE r_control (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_code TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_health INTEGER,
  f_class INTEGER,
  f_description TEXT,
  f_owner INTEGER,
  f_holder INTEGER,
  f_share INTEGER,
  f_sites TEXT,
  f_evidence TEXT,
  f_assessed_at INTEGER,
  f_assessed_by INTEGER
);

CREATE TABLE r_mapping (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_from INTEGER,
  f_relation INTEGER,
  f_requirement INTEGER,
  f_control INTEGER,
  f_strength INTEGER,
  f_rationale TEXT
);

CREATE TABLE r_check (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_method TEXT,
  f_owner INTEGER,
  f_control INTEGER,
  f_asset INTEGER,
  f_site INTEGER,
  f_every INTEGER,
  f_due TEXT,
  f_retired INTEGER
);

CREATE TABLE r_check_result (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_check INTEGER,
  f_period_start TEXT,
  f_period_end TEXT,
  f_conclusion INTEGER,
  f_looked_at INTEGER,
  f_passed INTEGER,
  f_evidence TEXT,
  f_finding INTEGER,
  f_by INTEGER,
  f_done INTEGER
);

CREATE TABLE r_document (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_issue INTEGER,
  f_text TEXT,
  f_owner INTEGER,
  f_site INTEGER,
  f_carries_out INTEGER,
  f_audience TEXT,
  f_effective_from TEXT,
  f_effective_until TEXT,
  f_review_due TEXT,
  f_author INTEGER,
  f_approver INTEGER,
  f_approved_at INTEGER
);

CREATE TABLE r_receipt (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_document INTEGER,
  f_grade INTEGER,
  f_issue INTEGER,
  f_person INTEGER,
  f_at INTEGER
);

CREATE TABLE r_engagement (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_lead INTEGER,
  f_scope TEXT,
  f_framework INTEGER,
  f_site INTEGER,
  f_party INTEGER,
  f_people TEXT,
  f_starts TEXT,
  f_due TEXT,
  f_conclusion TEXT,
  f_closed INTEGER
);

CREATE TABLE r_engagement_item (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_engagement INTEGER,
  f_requirement INTEGER,
  f_control INTEGER,
  f_respondent INTEGER,
  f_due TEXT,
  f_result INTEGER,
  f_answer TEXT,
  f_evidence TEXT,
  f_finding INTEGER,
  f_answered_by INTEGER,
  f_answered_at INTEGER
);

CREATE TABLE r_decision (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_matter INTEGER,
  f_about TEXT,
  f_about_version INTEGER,
  f_options TEXT,
  f_request TEXT,
  f_amount INTEGER,
  f_amount_currency TEXT,
  f_rule TEXT,
  f_site INTEGER,
  f_until TEXT,
  f_requester INTEGER,
  f_decided_by INTEGER,
  f_decided_at INTEGER,
  f_alone TEXT
);

CREATE TABLE r_authority (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_matter INTEGER,
  f_function INTEGER,
  f_amount INTEGER,
  f_amount_currency TEXT,
  f_score INTEGER,
  f_terms TEXT,
  f_review_due TEXT
);

CREATE TABLE r_procedure (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_issue INTEGER,
  f_purpose TEXT,
  f_steps TEXT,
  f_minutes INTEGER,
  f_owner INTEGER,
  f_site INTEGER,
  f_document INTEGER,
  f_review_due TEXT,
  f_author INTEGER,
  f_approver INTEGER
);

CREATE TABLE r_procedure_run (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_procedure INTEGER,
  f_issue INTEGER,
  f_state INTEGER,
  f_assignee INTEGER,
  f_site INTEGER,
  f_asset INTEGER,
  f_incident INTEGER,
  f_due TEXT,
  f_answers TEXT,
  f_findings TEXT,
  f_started INTEGER,
  f_finished INTEGER,
  f_summary TEXT
);

CREATE TABLE r_party (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_class INTEGER,
  f_tier INTEGER,
  f_overseer INTEGER,
  f_contact TEXT,
  f_email TEXT,
  f_phone TEXT,
  f_description TEXT,
  f_last_contact TEXT,
  f_contact_due TEXT,
  f_ended INTEGER
);

CREATE TABLE r_agreement (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_party INTEGER,
  f_owner INTEGER,
  f_sites TEXT,
  f_terms TEXT,
  f_price INTEGER,
  f_price_currency TEXT,
  f_starts TEXT,
  f_ends TEXT,
  f_notice_by TEXT,
  f_at_term INTEGER,
  f_security_review INTEGER
);

CREATE TABLE r_service_level (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_agreement INTEGER,
  f_target REAL,
  f_unit TEXT,
  f_better INTEGER,
  f_readings TEXT,
  f_latest REAL,
  f_read_on TEXT,
  f_met INTEGER,
  f_action TEXT
);

CREATE TABLE r_bid (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_tender TEXT,
  f_party INTEGER,
  f_price INTEGER,
  f_price_currency TEXT,
  f_cost INTEGER,
  f_quality INTEGER,
  f_weight INTEGER,
  f_score INTEGER,
  f_notes TEXT,
  f_valid_until TEXT,
  f_requester INTEGER,
  f_awarded_by INTEGER
);

CREATE TABLE r_money_line (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_fiscal_year INTEGER,
  f_account TEXT,
  f_amount INTEGER,
  f_amount_currency TEXT,
  f_on TEXT,
  f_owner INTEGER,
  f_party INTEGER,
  f_agreement INTEGER,
  f_engagement INTEGER,
  f_asset INTEGER,
  f_site INTEGER,
  f_grounds TEXT,
  f_requester INTEGER,
  f_approved_by INTEGER
);

CREATE TABLE r_report (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_site INTEGER,
  f_period_start TEXT,
  f_period_end TEXT,
  f_text TEXT,
  f_successes TEXT,
  f_failures TEXT,
  f_asks TEXT,
  f_audience TEXT,
  f_author INTEGER,
  f_signed_by INTEGER,
  f_signed INTEGER,
  f_sent INTEGER
);

CREATE TABLE r_meeting (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_at INTEGER,
  f_chair INTEGER,
  f_people TEXT,
  f_party INTEGER,
  f_site INTEGER,
  f_agenda TEXT,
  f_minutes TEXT,
  f_outcomes TEXT
);

CREATE TABLE r_message (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_text TEXT,
  f_incident INTEGER,
  f_audience TEXT,
  f_parties TEXT,
  f_channel TEXT,
  f_author INTEGER,
  f_approver INTEGER,
  f_sent INTEGER,
  f_answer TEXT,
  f_answered INTEGER
);

CREATE TABLE r_survey (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_owner INTEGER,
  f_anonymous INTEGER,
  f_threshold INTEGER,
  f_audience TEXT,
  f_parties TEXT,
  f_questions TEXT,
  f_opens TEXT,
  f_closes TEXT,
  f_answers INTEGER,
  f_results TEXT,
  f_response TEXT
);

CREATE TABLE r_place (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_class INTEGER,
  f_site INTEGER,
  f_part_of INTEGER,
  f_code TEXT,
  f_guards INTEGER,
  f_needs INTEGER,
  f_orders INTEGER,
  f_description TEXT,
  f_retired INTEGER
);

CREATE TABLE r_rota (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_class INTEGER,
  f_site INTEGER,
  f_function INTEGER,
  f_lead INTEGER,
  f_members TEXT,
  f_zone TEXT,
  f_days INTEGER,
  f_handover TEXT,
  f_published_until TEXT,
  f_rules TEXT,
  f_retired INTEGER
);

CREATE TABLE r_shift (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_person INTEGER,
  f_place INTEGER,
  f_rota INTEGER,
  f_starts INTEGER,
  f_ends INTEGER,
  f_came INTEGER,
  f_went INTEGER,
  f_handover TEXT
);

CREATE TABLE r_credential (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_person INTEGER,
  f_issuer TEXT,
  f_reference TEXT,
  f_issued TEXT,
  f_expires TEXT,
  f_withdrawn INTEGER
);

CREATE TABLE r_course (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_class INTEGER,
  f_mandatory INTEGER,
  f_valid_days INTEGER,
  f_site INTEGER,
  f_owner INTEGER,
  f_audience TEXT,
  f_content TEXT,
  f_document INTEGER,
  f_pass_mark INTEGER
);

CREATE TABLE r_completion (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_course INTEGER,
  f_person INTEGER,
  f_state INTEGER,
  f_due TEXT,
  f_points INTEGER,
  f_passed TEXT,
  f_expires TEXT
);

CREATE TABLE r_review (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_person INTEGER,
  f_lead INTEGER,
  f_due TEXT,
  f_objectives TEXT,
  f_facts TEXT,
  f_coaching TEXT,
  f_causes TEXT,
  f_outcome INTEGER,
  f_summary TEXT,
  f_held INTEGER
);

CREATE UNIQUE INDEX r_indicator_external ON r_indicator (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_indicator_updated ON r_indicator (updated, id);

CREATE INDEX r_indicator_created ON r_indicator (created, id);

CREATE UNIQUE INDEX r_indicator_value_unique ON r_indicator (LOWER(f_value)) WHERE f_value IS NOT NULL;

CREATE INDEX r_indicator_value ON r_indicator (f_value, id, tagset);

CREATE INDEX r_indicator_class ON r_indicator (f_class, id, tagset);

CREATE INDEX r_indicator_source ON r_indicator (f_source, id, tagset);

CREATE INDEX r_indicator_seen_last ON r_indicator (f_seen_last, id, tagset);

CREATE INDEX r_indicator_expires ON r_indicator (f_expires, id, tagset);

CREATE UNIQUE INDEX r_intelligence_external ON r_intelligence (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_intelligence_updated ON r_intelligence (updated, id);

CREATE INDEX r_intelligence_created ON r_intelligence (created, id);

CREATE INDEX r_intelligence_level ON r_intelligence (f_level, id, tagset);

CREATE INDEX r_intelligence_source ON r_intelligence (f_source, id, tagset);

CREATE INDEX r_intelligence_source_folded ON r_intelligence (LOWER(f_source), id);

CREATE INDEX r_intelligence_owner ON r_intelligence (f_owner, id, tagset);

CREATE INDEX r_intelligence_valid_until ON r_intelligence (f_valid_until, id, tagset);

CREATE UNIQUE INDEX r_hunt_external ON r_hunt (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_hunt_updated ON r_hunt (updated, id);

CREATE INDEX r_hunt_created ON r_hunt (created, id);

CREATE INDEX r_hunt_technique ON r_hunt (f_technique, id, tagset);

CREATE INDEX r_hunt_technique_folded ON r_hunt (LOWER(f_technique), id);

CREATE INDEX r_hunt_hunter ON r_hunt (f_hunter, id, tagset);

CREATE INDEX r_hunt_due ON r_hunt (f_due, id, tagset);

CREATE INDEX r_hunt_closed ON r_hunt (f_closed, id, tagset);

CREATE UNIQUE INDEX r_risk_external ON r_risk (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_risk_updated ON r_risk (updated, id);

CREATE INDEX r_risk_created ON r_risk (created, id);

CREATE INDEX r_risk_class ON r_risk (f_class, id, tagset);

CREATE INDEX r_risk_score ON r_risk (f_score, id, tagset);

CREATE INDEX r_risk_owner ON r_risk (f_owner, id, tagset);

CREATE INDEX r_risk_due ON r_risk (f_due, id, tagset);

CREATE INDEX r_risk_residual ON r_risk (f_residual, id, tagset);

CREATE INDEX r_risk_site ON r_risk (f_site, id, tagset);

CREATE INDEX r_risk_party ON r_risk (f_party, id, tagset);

CREATE INDEX r_risk_review_due ON r_risk (f_review_due, id, tagset);

CREATE INDEX r_risk_queue ON r_risk (f_state, f_score, id, tagset);

CREATE UNIQUE INDEX r_framework_external ON r_framework (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_framework_updated ON r_framework (updated, id);

CREATE INDEX r_framework_created ON r_framework (created, id);

CREATE UNIQUE INDEX r_framework_name_unique ON r_framework (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_framework_name ON r_framework (f_name, id, tagset);

CREATE INDEX r_framework_class ON r_framework (f_class, id, tagset);

CREATE INDEX r_framework_owner ON r_framework (f_owner, id, tagset);

CREATE INDEX r_framework_review_due ON r_framework (f_review_due, id, tagset);

CREATE UNIQUE INDEX r_requirement_external ON r_requirement (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_requirement_updated ON r_requirement (updated, id);

CREATE INDEX r_requirement_created ON r_requirement (created, id);

CREATE INDEX r_requirement_code ON r_requirement (f_code, id, tagset);

CREATE INDEX r_requirement_code_folded ON r_requirement (LOWER(f_code), id);

CREATE INDEX r_requirement_framework ON r_requirement (f_framework, id, tagset);

CREATE INDEX r_requirement_part_of ON r_requirement (f_part_of, id, tagset);

CREATE INDEX r_requirement_owner ON r_requirement (f_owner, id, tagset);

CREATE UNIQUE INDEX r_control_external ON r_control (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_control_updated ON r_control (updated, id);

CREATE INDEX r_control_created ON r_control (created, id);

CREATE UNIQUE INDEX r_control_code_unique ON r_control (LOWER(f_code)) WHERE f_code IS NOT NULL;

CREATE INDEX r_control_code ON r_control (f_code, id, tagset);

CREATE INDEX r_control_health ON r_control (f_health, id, tagset);

CREATE INDEX r_control_owner ON r_control (f_owner, id, tagset);

CREATE INDEX r_control_holder ON r_control (f_holder, id, tagset);

CREATE INDEX r_control_assessed_at ON r_control (f_assessed_at, id, tagset);

CREATE INDEX r_control_queue ON r_control (f_state, f_code, id, tagset);

CREATE UNIQUE INDEX r_mapping_external ON r_mapping (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_mapping_updated ON r_mapping (updated, id);

CREATE INDEX r_mapping_created ON r_mapping (created, id);

CREATE INDEX r_mapping_title ON r_mapping (f_title, id, tagset);

CREATE INDEX r_mapping_title_folded ON r_mapping (LOWER(f_title), id);

CREATE INDEX r_mapping_from ON r_mapping (f_from, id, tagset);

CREATE INDEX r_mapping_requirement ON r_mapping (f_requirement, id, tagset);

CREATE INDEX r_mapping_control ON r_mapping (f_control, id, tagset);

CREATE UNIQUE INDEX r_check_external ON r_check (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_check_updated ON r_check (updated, id);

CREATE INDEX r_check_created ON r_check (created, id);

CREATE INDEX r_check_title ON r_check (f_title, id, tagset);

CREATE INDEX r_check_title_folded ON r_check (LOWER(f_title), id);

CREATE INDEX r_check_class ON r_check (f_class, id, tagset);

CREATE INDEX r_check_owner ON r_check (f_owner, id, tagset);

CREATE INDEX r_check_control ON r_check (f_control, id, tagset);

CREATE INDEX r_check_asset ON r_check (f_asset, id, tagset);

CREATE INDEX r_check_site ON r_check (f_site, id, tagset);

CREATE INDEX r_check_due ON r_check (f_due, id, tagset);

CREATE UNIQUE INDEX r_check_result_external ON r_check_result (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_check_result_updated ON r_check_result (updated, id);

CREATE INDEX r_check_result_created ON r_check_result (created, id);

CREATE INDEX r_check_result_check ON r_check_result (f_check, id, tagset);

CREATE INDEX r_check_result_period_end ON r_check_result (f_period_end, id, tagset);

CREATE INDEX r_check_result_finding ON r_check_result (f_finding, id, tagset);

CREATE INDEX r_check_result_by ON r_check_result (f_by, id, tagset);

CREATE UNIQUE INDEX r_document_external ON r_document (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_document_updated ON r_document (updated, id);

CREATE INDEX r_document_created ON r_document (created, id);

CREATE INDEX r_document_title ON r_document (f_title, id, tagset);

CREATE INDEX r_document_title_folded ON r_document (LOWER(f_title), id);

CREATE INDEX r_document_class ON r_document (f_class, id, tagset);

CREATE INDEX r_document_owner ON r_document (f_owner, id, tagset);

CREATE INDEX r_document_site ON r_document (f_site, id, tagset);

CREATE INDEX r_document_carries_out ON r_document (f_carries_out, id, tagset);

CREATE INDEX r_document_effective_from ON r_document (f_effective_from, id, tagset);

CREATE INDEX r_document_review_due ON r_document (f_review_due, id, tagset);

CREATE INDEX r_document_author ON r_document (f_author, id, tagset);

CREATE INDEX r_document_approver ON r_document (f_approver, id, tagset);

CREATE INDEX r_document_queue ON r_document (f_state, f_title, id, tagset);

CREATE UNIQUE INDEX r_receipt_external ON r_receipt (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_receipt_updated ON r_receipt (updated, id);

CREATE INDEX r_receipt_created ON r_receipt (created, id);

CREATE INDEX r_receipt_document ON r_receipt (f_document, id, tagset);

CREATE INDEX r_receipt_person ON r_receipt (f_person, id, tagset);

CREATE INDEX r_receipt_at ON r_receipt (f_at, id, tagset);

CREATE UNIQUE INDEX r_engagement_external ON r_engagement (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_engagement_updated ON r_engagement (updated, id);

CREATE INDEX r_engagement_created ON r_engagement (created, id);

CREATE INDEX r_engagement_class ON r_engagement (f_class, id, tagset);

CREATE INDEX r_engagement_lead ON r_engagement (f_lead, id, tagset);

CREATE INDEX r_engagement_framework ON r_engagement (f_framework, id, tagset);

CREATE INDEX r_engagement_site ON r_engagement (f_site, id, tagset);

CREATE INDEX r_engagement_party ON r_engagement (f_party, id, tagset);

CREATE INDEX r_engagement_starts ON r_engagement (f_starts, id, tagset);

CREATE INDEX r_engagement_due ON r_engagement (f_due, id, tagset);

CREATE INDEX r_engagement_queue ON r_engagement (f_state, f_starts, id, tagset);

CREATE UNIQUE INDEX r_engagement_item_external ON r_engagement_item (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_engagement_item_updated ON r_engagement_item (updated, id);

CREATE INDEX r_engagement_item_created ON r_engagement_item (created, id);

CREATE INDEX r_engagement_item_engagement ON r_engagement_item (f_engagement, id, tagset);

CREATE INDEX r_engagement_item_requirement ON r_engagement_item (f_requirement, id, tagset);

CREATE INDEX r_engagement_item_control ON r_engagement_item (f_control, id, tagset);

CREATE INDEX r_engagement_item_respondent ON r_engagement_item (f_respondent, id, tagset);

CREATE INDEX r_engagement_item_due ON r_engagement_item (f_due, id, tagset);

CREATE INDEX r_engagement_item_finding ON r_engagement_item (f_finding, id, tagset);

CREATE INDEX r_engagement_item_queue ON r_engagement_item (f_state, f_due, id, tagset);

CREATE UNIQUE INDEX r_decision_external ON r_decision (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_decision_updated ON r_decision (updated, id);

CREATE INDEX r_decision_created ON r_decision (created, id);

CREATE INDEX r_decision_matter ON r_decision (f_matter, id, tagset);

CREATE INDEX r_decision_about ON r_decision (f_about, id, tagset);

CREATE INDEX r_decision_about_folded ON r_decision (LOWER(f_about), id);

CREATE INDEX r_decision_rule ON r_decision (f_rule, id, tagset);

CREATE INDEX r_decision_rule_folded ON r_decision (LOWER(f_rule), id);

CREATE INDEX r_decision_site ON r_decision (f_site, id, tagset);

CREATE INDEX r_decision_until ON r_decision (f_until, id, tagset);

CREATE INDEX r_decision_requester ON r_decision (f_requester, id, tagset);

CREATE INDEX r_decision_decided_by ON r_decision (f_decided_by, id, tagset);

CREATE UNIQUE INDEX r_authority_external ON r_authority (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_authority_updated ON r_authority (updated, id);

CREATE INDEX r_authority_created ON r_authority (created, id);

CREATE INDEX r_authority_title ON r_authority (f_title, id, tagset);

CREATE INDEX r_authority_title_folded ON r_authority (LOWER(f_title), id);

CREATE INDEX r_authority_matter ON r_authority (f_matter, id, tagset);

CREATE INDEX r_authority_function ON r_authority (f_function, id, tagset);

CREATE INDEX r_authority_review_due ON r_authority (f_review_due, id, tagset);

CREATE INDEX r_authority_queue ON r_authority (f_state, f_title, id, tagset);

CREATE UNIQUE INDEX r_procedure_external ON r_procedure (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_procedure_updated ON r_procedure (updated, id);

CREATE INDEX r_procedure_created ON r_procedure (created, id);

CREATE INDEX r_procedure_title ON r_procedure (f_title, id, tagset);

CREATE INDEX r_procedure_title_folded ON r_procedure (LOWER(f_title), id);

CREATE INDEX r_procedure_class ON r_procedure (f_class, id, tagset);

CREATE INDEX r_procedure_owner ON r_procedure (f_owner, id, tagset);

CREATE INDEX r_procedure_site ON r_procedure (f_site, id, tagset);

CREATE INDEX r_procedure_document ON r_procedure (f_document, id, tagset);

CREATE INDEX r_procedure_review_due ON r_procedure (f_review_due, id, tagset);

CREATE INDEX r_procedure_author ON r_procedure (f_author, id, tagset);

CREATE INDEX r_procedure_queue ON r_procedure (f_state, f_title, id, tagset);

CREATE UNIQUE INDEX r_procedure_run_external ON r_procedure_run (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_procedure_run_updated ON r_procedure_run (updated, id);

CREATE INDEX r_procedure_run_created ON r_procedure_run (created, id);

CREATE INDEX r_procedure_run_procedure ON r_procedure_run (f_procedure, id, tagset);

CREATE INDEX r_procedure_run_assignee ON r_procedure_run (f_assignee, id, tagset);

CREATE INDEX r_procedure_run_site ON r_procedure_run (f_site, id, tagset);

CREATE INDEX r_procedure_run_asset ON r_procedure_run (f_asset, id, tagset);

CREATE INDEX r_procedure_run_incident ON r_procedure_run (f_incident, id, tagset);

CREATE INDEX r_procedure_run_due ON r_procedure_run (f_due, id, tagset);

CREATE INDEX r_procedure_run_finished ON r_procedure_run (f_finished, id, tagset);

CREATE INDEX r_procedure_run_queue ON r_procedure_run (f_state, f_due, id, tagset);

CREATE UNIQUE INDEX r_party_external ON r_party (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_party_updated ON r_party (updated, id);

CREATE INDEX r_party_created ON r_party (created, id);

CREATE UNIQUE INDEX r_party_name_unique ON r_party (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_party_name ON r_party (f_name, id, tagset);

CREATE INDEX r_party_class ON r_party (f_class, id, tagset);

CREATE INDEX r_party_tier ON r_party (f_tier, id, tagset);

CREATE INDEX r_party_overseer ON r_party (f_overseer, id, tagset);

CREATE INDEX r_party_last_contact ON r_party (f_last_contact, id, tagset);

CREATE INDEX r_party_contact_due ON r_party (f_contact_due, id, tagset);

CREATE UNIQUE INDEX r_agreement_external ON r_agreement (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_agreement_updated ON r_agreement (updated, id);

CREATE INDEX r_agreement_created ON r_agreement (created, id);

CREATE INDEX r_agreement_class ON r_agreement (f_class, id, tagset);

CREATE INDEX r_agreement_party ON r_agreement (f_party, id, tagset);

CREATE INDEX r_agreement_owner ON r_agreement (f_owner, id, tagset);

CREATE INDEX r_agreement_starts ON r_agreement (f_starts, id, tagset);

CREATE INDEX r_agreement_ends ON r_agreement (f_ends, id, tagset);

CREATE INDEX r_agreement_notice_by ON r_agreement (f_notice_by, id, tagset);

CREATE INDEX r_agreement_security_review ON r_agreement (f_security_review, id, tagset);

CREATE INDEX r_agreement_queue ON r_agreement (f_state, f_notice_by, id, tagset);

CREATE UNIQUE INDEX r_service_level_external ON r_service_level (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_service_level_updated ON r_service_level (updated, id);

CREATE INDEX r_service_level_created ON r_service_level (created, id);

CREATE INDEX r_service_level_title ON r_service_level (f_title, id, tagset);

CREATE INDEX r_service_level_title_folded ON r_service_level (LOWER(f_title), id);

CREATE INDEX r_service_level_agreement ON r_service_level (f_agreement, id, tagset);

CREATE INDEX r_service_level_read_on ON r_service_level (f_read_on, id, tagset);

CREATE INDEX r_service_level_met ON r_service_level (f_met, id, tagset);

CREATE UNIQUE INDEX r_bid_external ON r_bid (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_bid_updated ON r_bid (updated, id);

CREATE INDEX r_bid_created ON r_bid (created, id);

CREATE INDEX r_bid_tender ON r_bid (f_tender, id, tagset);

CREATE INDEX r_bid_tender_folded ON r_bid (LOWER(f_tender), id);

CREATE INDEX r_bid_party ON r_bid (f_party, id, tagset);

CREATE INDEX r_bid_score ON r_bid (f_score, id, tagset);

CREATE INDEX r_bid_valid_until ON r_bid (f_valid_until, id, tagset);

CREATE INDEX r_bid_queue ON r_bid (f_state, f_score, id, tagset);

CREATE UNIQUE INDEX r_money_line_external ON r_money_line (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_money_line_updated ON r_money_line (updated, id);

CREATE INDEX r_money_line_created ON r_money_line (created, id);

CREATE INDEX r_money_line_class ON r_money_line (f_class, id, tagset);

CREATE INDEX r_money_line_fiscal_year ON r_money_line (f_fiscal_year, id, tagset);

CREATE INDEX r_money_line_account ON r_money_line (f_account, id, tagset);

CREATE INDEX r_money_line_account_folded ON r_money_line (LOWER(f_account), id);

CREATE INDEX r_money_line_on ON r_money_line (f_on, id, tagset);

CREATE INDEX r_money_line_owner ON r_money_line (f_owner, id, tagset);

CREATE INDEX r_money_line_party ON r_money_line (f_party, id, tagset);

CREATE INDEX r_money_line_agreement ON r_money_line (f_agreement, id, tagset);

CREATE INDEX r_money_line_engagement ON r_money_line (f_engagement, id, tagset);

CREATE INDEX r_money_line_asset ON r_money_line (f_asset, id, tagset);

CREATE INDEX r_money_line_site ON r_money_line (f_site, id, tagset);

CREATE INDEX r_money_line_queue ON r_money_line (f_state, f_on, id, tagset);

CREATE UNIQUE INDEX r_report_external ON r_report (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_report_updated ON r_report (updated, id);

CREATE INDEX r_report_created ON r_report (created, id);

CREATE INDEX r_report_class ON r_report (f_class, id, tagset);

CREATE INDEX r_report_site ON r_report (f_site, id, tagset);

CREATE INDEX r_report_period_end ON r_report (f_period_end, id, tagset);

CREATE INDEX r_report_author ON r_report (f_author, id, tagset);

CREATE INDEX r_report_signed_by ON r_report (f_signed_by, id, tagset);

CREATE INDEX r_report_queue ON r_report (f_state, f_period_end, id, tagset);

CREATE UNIQUE INDEX r_meeting_external ON r_meeting (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_meeting_updated ON r_meeting (updated, id);

CREATE INDEX r_meeting_created ON r_meeting (created, id);

CREATE INDEX r_meeting_class ON r_meeting (f_class, id, tagset);

CREATE INDEX r_meeting_at ON r_meeting (f_at, id, tagset);

CREATE INDEX r_meeting_chair ON r_meeting (f_chair, id, tagset);

CREATE INDEX r_meeting_party ON r_meeting (f_party, id, tagset);

CREATE INDEX r_meeting_site ON r_meeting (f_site, id, tagset);

CREATE INDEX r_meeting_queue ON r_meeting (f_state, f_at, id, tagset);

CREATE UNIQUE INDEX r_message_external ON r_message (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_message_updated ON r_message (updated, id);

CREATE INDEX r_message_created ON r_message (created, id);

CREATE INDEX r_message_class ON r_message (f_class, id, tagset);

CREATE INDEX r_message_incident ON r_message (f_incident, id, tagset);

CREATE INDEX r_message_channel ON r_message (f_channel, id, tagset);

CREATE INDEX r_message_channel_folded ON r_message (LOWER(f_channel), id);

CREATE INDEX r_message_author ON r_message (f_author, id, tagset);

CREATE INDEX r_message_approver ON r_message (f_approver, id, tagset);

CREATE INDEX r_message_sent ON r_message (f_sent, id, tagset);

CREATE INDEX r_message_answered ON r_message (f_answered, id, tagset);

CREATE UNIQUE INDEX r_survey_external ON r_survey (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_survey_updated ON r_survey (updated, id);

CREATE INDEX r_survey_created ON r_survey (created, id);

CREATE INDEX r_survey_class ON r_survey (f_class, id, tagset);

CREATE INDEX r_survey_owner ON r_survey (f_owner, id, tagset);

CREATE INDEX r_survey_opens ON r_survey (f_opens, id, tagset);

CREATE INDEX r_survey_closes ON r_survey (f_closes, id, tagset);

CREATE INDEX r_survey_queue ON r_survey (f_state, f_opens, id, tagset);

CREATE UNIQUE INDEX r_place_external ON r_place (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_place_updated ON r_place (updated, id);

CREATE INDEX r_place_created ON r_place (created, id);

CREATE INDEX r_place_name ON r_place (f_name, id, tagset);

CREATE INDEX r_place_name_folded ON r_place (LOWER(f_name), id);

CREATE INDEX r_place_class ON r_place (f_class, id, tagset);

CREATE INDEX r_place_site ON r_place (f_site, id, tagset);

CREATE INDEX r_place_part_of ON r_place (f_part_of, id, tagset);

CREATE UNIQUE INDEX r_place_code_unique ON r_place (LOWER(f_code)) WHERE f_code IS NOT NULL;

CREATE INDEX r_place_code ON r_place (f_code, id, tagset);

CREATE INDEX r_place_orders ON r_place (f_orders, id, tagset);

CREATE UNIQUE INDEX r_rota_external ON r_rota (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_rota_updated ON r_rota (updated, id);

CREATE INDEX r_rota_created ON r_rota (created, id);

CREATE UNIQUE INDEX r_rota_name_unique ON r_rota (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_rota_name ON r_rota (f_name, id, tagset);

CREATE INDEX r_rota_class ON r_rota (f_class, id, tagset);

CREATE INDEX r_rota_site ON r_rota (f_site, id, tagset);

CREATE INDEX r_rota_function ON r_rota (f_function, id, tagset);

CREATE INDEX r_rota_lead ON r_rota (f_lead, id, tagset);

CREATE INDEX r_rota_published_until ON r_rota (f_published_until, id, tagset);

CREATE UNIQUE INDEX r_shift_external ON r_shift (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_shift_updated ON r_shift (updated, id);

CREATE INDEX r_shift_created ON r_shift (created, id);

CREATE INDEX r_shift_class ON r_shift (f_class, id, tagset);

CREATE INDEX r_shift_person ON r_shift (f_person, id, tagset);

CREATE INDEX r_shift_place ON r_shift (f_place, id, tagset);

CREATE INDEX r_shift_rota ON r_shift (f_rota, id, tagset);

CREATE INDEX r_shift_starts ON r_shift (f_starts, id, tagset);

CREATE INDEX r_shift_ends ON r_shift (f_ends, id, tagset);

CREATE INDEX r_shift_queue ON r_shift (f_state, f_starts, id, tagset);

CREATE UNIQUE INDEX r_credential_external ON r_credential (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_credential_updated ON r_credential (updated, id);

CREATE INDEX r_credential_created ON r_credential (created, id);

CREATE INDEX r_credential_class ON r_credential (f_class, id, tagset);

CREATE INDEX r_credential_person ON r_credential (f_person, id, tagset);

CREATE INDEX r_credential_expires ON r_credential (f_expires, id, tagset);

CREATE UNIQUE INDEX r_course_external ON r_course (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_course_updated ON r_course (updated, id);

CREATE INDEX r_course_created ON r_course (created, id);

CREATE UNIQUE INDEX r_course_name_unique ON r_course (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_course_name ON r_course (f_name, id, tagset);

CREATE INDEX r_course_class ON r_course (f_class, id, tagset);

CREATE INDEX r_course_site ON r_course (f_site, id, tagset);

CREATE INDEX r_course_owner ON r_course (f_owner, id, tagset);

CREATE INDEX r_course_document ON r_course (f_document, id, tagset);

CREATE UNIQUE INDEX r_completion_external ON r_completion (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_completion_updated ON r_completion (updated, id);

CREATE INDEX r_completion_created ON r_completion (created, id);

CREATE INDEX r_completion_course ON r_completion (f_course, id, tagset);

CREATE INDEX r_completion_person ON r_completion (f_person, id, tagset);

CREATE INDEX r_completion_due ON r_completion (f_due, id, tagset);

CREATE INDEX r_completion_passed ON r_completion (f_passed, id, tagset);

CREATE INDEX r_completion_expires ON r_completion (f_expires, id, tagset);

CREATE INDEX r_completion_queue ON r_completion (f_state, f_due, id, tagset);

CREATE UNIQUE INDEX r_review_external ON r_review (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_review_updated ON r_review (updated, id);

CREATE INDEX r_review_created ON r_review (created, id);

CREATE INDEX r_review_class ON r_review (f_class, id, tagset);

CREATE INDEX r_review_person ON r_review (f_person, id, tagset);

CREATE INDEX r_review_lead ON r_review (f_lead, id, tagset);

CREATE INDEX r_review_due ON r_review (f_due, id, tagset);

CREATE INDEX r_review_queue ON r_review (f_state, f_due, id, tagset);

CREATE VIRTUAL TABLE search_indicator USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_intelligence USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_hunt USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_risk USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_framework USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_requirement USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_control USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_mapping USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_check USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_check_result USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_document USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_receipt USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_engagement USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_engagement_item USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_decision USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_authority USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_procedure USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_procedure_run USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_party USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_agreement USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_service_level USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_bid USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_money_line USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_report USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_meeting USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_message USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_survey USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_place USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_rota USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_shift USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_credential USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_course USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_completion USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');

CREATE VIRTUAL TABLE search_review USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');
