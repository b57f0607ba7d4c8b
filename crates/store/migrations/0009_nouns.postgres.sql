CREATE TABLE r_indicator (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_value TEXT COLLATE "C",
  f_class BIGINT,
  f_confidence BIGINT,
  f_sharing BIGINT,
  f_source BIGINT,
  f_description TEXT COLLATE "C",
  f_sightings TEXT COLLATE "C",
  f_seen_last BIGINT,
  f_expires TEXT COLLATE "C",
  f_retired BIGINT
);

CREATE TABLE r_intelligence (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_level BIGINT,
  f_source TEXT COLLATE "C",
  f_reliability BIGINT,
  f_credibility BIGINT,
  f_text TEXT COLLATE "C",
  f_owner BIGINT,
  f_own_product BIGINT,
  f_valid_until TEXT COLLATE "C",
  f_outcome TEXT COLLATE "C",
  f_decided BIGINT,
  f_decided_by BIGINT
);

CREATE TABLE r_hunt (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_hypothesis TEXT COLLATE "C",
  f_technique TEXT COLLATE "C",
  f_query TEXT COLLATE "C",
  f_hunter BIGINT,
  f_starts TEXT COLLATE "C",
  f_due TEXT COLLATE "C",
  f_found BIGINT,
  f_result TEXT COLLATE "C",
  f_rules TEXT COLLATE "C",
  f_findings TEXT COLLATE "C",
  f_closed BIGINT
);

CREATE TABLE r_risk (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_class BIGINT,
  f_scenario TEXT COLLATE "C",
  f_likelihood BIGINT,
  f_impact BIGINT,
  f_score BIGINT,
  f_owner BIGINT,
  f_treatment BIGINT,
  f_plan TEXT COLLATE "C",
  f_due TEXT COLLATE "C",
  f_likelihood_left BIGINT,
  f_impact_left BIGINT,
  f_residual BIGINT,
  f_controls TEXT COLLATE "C",
  f_assets TEXT COLLATE "C",
  f_site BIGINT,
  f_party BIGINT,
  f_review_due TEXT COLLATE "C",
  f_accepted_until TEXT COLLATE "C",
  f_accepted_by BIGINT,
  f_accepted_at BIGINT
);

CREATE TABLE r_framework (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_class BIGINT,
  f_edition TEXT COLLATE "C",
  f_issuer TEXT COLLATE "C",
  f_owner BIGINT,
  f_scope TEXT COLLATE "C",
  f_review_due TEXT COLLATE "C"
);

CREATE TABLE r_requirement (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_code TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_framework BIGINT,
  f_part_of BIGINT,
  f_text TEXT COLLATE "C",
  f_applies BIGINT,
  f_reason TEXT COLLATE "C",
  f_owner BIGINT
);

CREATE TABLE r_control (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_code TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_health BIGINT,
  f_class BIGINT,
  f_description TEXT COLLATE "C",
  f_owner BIGINT,
  f_holder BIGINT,
  f_share BIGINT,
  f_sites TEXT COLLATE "C",
  f_evidence TEXT COLLATE "C",
  f_assessed_at BIGINT,
  f_assessed_by BIGINT
);

CREATE TABLE r_mapping (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_from BIGINT,
  f_relation BIGINT,
  f_requirement BIGINT,
  f_control BIGINT,
  f_strength BIGINT,
  f_rationale TEXT COLLATE "C"
);

CREATE TABLE r_check (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_method TEXT COLLATE "C",
  f_owner BIGINT,
  f_control BIGINT,
  f_asset BIGINT,
  f_site BIGINT,
  f_every BIGINT,
  f_due TEXT COLLATE "C",
  f_retired BIGINT
);

CREATE TABLE r_check_result (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_check BIGINT,
  f_period_start TEXT COLLATE "C",
  f_period_end TEXT COLLATE "C",
  f_conclusion BIGINT,
  f_looked_at BIGINT,
  f_passed BIGINT,
  f_evidence TEXT COLLATE "C",
  f_finding BIGINT,
  f_by BIGINT,
  f_done BIGINT
);

CREATE TABLE r_document (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_issue BIGINT,
  f_text TEXT COLLATE "C",
  f_owner BIGINT,
  f_site BIGINT,
  f_carries_out BIGINT,
  f_audience TEXT COLLATE "C",
  f_effective_from TEXT COLLATE "C",
  f_effective_until TEXT COLLATE "C",
  f_review_due TEXT COLLATE "C",
  f_author BIGINT,
  f_approver BIGINT,
  f_approved_at BIGINT
);

CREATE TABLE r_receipt (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_document BIGINT,
  f_grade BIGINT,
  f_issue BIGINT,
  f_person BIGINT,
  f_at BIGINT
);

CREATE TABLE r_engagement (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_lead BIGINT,
  f_scope TEXT COLLATE "C",
  f_framework BIGINT,
  f_site BIGINT,
  f_party BIGINT,
  f_people TEXT COLLATE "C",
  f_starts TEXT COLLATE "C",
  f_due TEXT COLLATE "C",
  f_conclusion TEXT COLLATE "C",
  f_closed BIGINT
);

CREATE TABLE r_engagement_item (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_engagement BIGINT,
  f_requirement BIGINT,
  f_control BIGINT,
  f_respondent BIGINT,
  f_due TEXT COLLATE "C",
  f_result BIGINT,
  f_answer TEXT COLLATE "C",
  f_evidence TEXT COLLATE "C",
  f_finding BIGINT,
  f_answered_by BIGINT,
  f_answered_at BIGINT
);

CREATE TABLE r_decision (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_matter BIGINT,
  f_about TEXT COLLATE "C",
  f_about_version BIGINT,
  f_options TEXT COLLATE "C",
  f_request TEXT COLLATE "C",
  f_amount BIGINT,
  f_amount_currency TEXT COLLATE "C",
  f_rule TEXT COLLATE "C",
  f_site BIGINT,
  f_until TEXT COLLATE "C",
  f_requester BIGINT,
  f_decided_by BIGINT,
  f_decided_at BIGINT,
  f_alone TEXT COLLATE "C"
);

CREATE TABLE r_authority (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_matter BIGINT,
  f_function BIGINT,
  f_amount BIGINT,
  f_amount_currency TEXT COLLATE "C",
  f_score BIGINT,
  f_terms TEXT COLLATE "C",
  f_review_due TEXT COLLATE "C"
);

CREATE TABLE r_procedure (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_issue BIGINT,
  f_purpose TEXT COLLATE "C",
  f_steps TEXT COLLATE "C",
  f_minutes BIGINT,
  f_owner BIGINT,
  f_site BIGINT,
  f_document BIGINT,
  f_review_due TEXT COLLATE "C",
  f_author BIGINT,
  f_approver BIGINT
);

CREATE TABLE r_procedure_run (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_procedure BIGINT,
  f_issue BIGINT,
  f_state BIGINT,
  f_assignee BIGINT,
  f_site BIGINT,
  f_asset BIGINT,
  f_incident BIGINT,
  f_due TEXT COLLATE "C",
  f_answers TEXT COLLATE "C",
  f_findings TEXT COLLATE "C",
  f_started BIGINT,
  f_finished BIGINT,
  f_summary TEXT COLLATE "C"
);

CREATE TABLE r_party (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_class BIGINT,
  f_tier BIGINT,
  f_overseer BIGINT,
  f_contact TEXT COLLATE "C",
  f_email TEXT COLLATE "C",
  f_phone TEXT COLLATE "C",
  f_description TEXT COLLATE "C",
  f_last_contact TEXT COLLATE "C",
  f_contact_due TEXT COLLATE "C",
  f_ended BIGINT
);

CREATE TABLE r_agreement (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_party BIGINT,
  f_owner BIGINT,
  f_sites TEXT COLLATE "C",
  f_terms TEXT COLLATE "C",
  f_price BIGINT,
  f_price_currency TEXT COLLATE "C",
  f_starts TEXT COLLATE "C",
  f_ends TEXT COLLATE "C",
  f_notice_by TEXT COLLATE "C",
  f_at_term BIGINT,
  f_security_review BIGINT
);

CREATE TABLE r_service_level (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_agreement BIGINT,
  f_target DOUBLE PRECISION,
  f_unit TEXT COLLATE "C",
  f_better BIGINT,
  f_readings TEXT COLLATE "C",
  f_latest DOUBLE PRECISION,
  f_read_on TEXT COLLATE "C",
  f_met BIGINT,
  f_action TEXT COLLATE "C"
);

CREATE TABLE r_bid (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_tender TEXT COLLATE "C",
  f_party BIGINT,
  f_price BIGINT,
  f_price_currency TEXT COLLATE "C",
  f_cost BIGINT,
  f_quality BIGINT,
  f_weight BIGINT,
  f_score BIGINT,
  f_notes TEXT COLLATE "C",
  f_valid_until TEXT COLLATE "C",
  f_requester BIGINT,
  f_awarded_by BIGINT
);

CREATE TABLE r_money_line (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_fiscal_year BIGINT,
  f_account TEXT COLLATE "C",
  f_amount BIGINT,
  f_amount_currency TEXT COLLATE "C",
  f_on TEXT COLLATE "C",
  f_owner BIGINT,
  f_party BIGINT,
  f_agreement BIGINT,
  f_engagement BIGINT,
  f_asset BIGINT,
  f_site BIGINT,
  f_grounds TEXT COLLATE "C",
  f_requester BIGINT,
  f_approved_by BIGINT
);

CREATE TABLE r_report (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_site BIGINT,
  f_period_start TEXT COLLATE "C",
  f_period_end TEXT COLLATE "C",
  f_text TEXT COLLATE "C",
  f_successes TEXT COLLATE "C",
  f_failures TEXT COLLATE "C",
  f_asks TEXT COLLATE "C",
  f_audience TEXT COLLATE "C",
  f_author BIGINT,
  f_signed_by BIGINT,
  f_signed BIGINT,
  f_sent BIGINT
);

CREATE TABLE r_meeting (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_at BIGINT,
  f_chair BIGINT,
  f_people TEXT COLLATE "C",
  f_party BIGINT,
  f_site BIGINT,
  f_agenda TEXT COLLATE "C",
  f_minutes TEXT COLLATE "C",
  f_outcomes TEXT COLLATE "C"
);

CREATE TABLE r_message (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_text TEXT COLLATE "C",
  f_incident BIGINT,
  f_audience TEXT COLLATE "C",
  f_parties TEXT COLLATE "C",
  f_channel TEXT COLLATE "C",
  f_author BIGINT,
  f_approver BIGINT,
  f_sent BIGINT,
  f_answer TEXT COLLATE "C",
  f_answered BIGINT
);

CREATE TABLE r_survey (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_owner BIGINT,
  f_anonymous BIGINT,
  f_threshold BIGINT,
  f_audience TEXT COLLATE "C",
  f_parties TEXT COLLATE "C",
  f_questions TEXT COLLATE "C",
  f_opens TEXT COLLATE "C",
  f_closes TEXT COLLATE "C",
  f_answers BIGINT,
  f_results TEXT COLLATE "C",
  f_response TEXT COLLATE "C"
);

CREATE TABLE r_place (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_class BIGINT,
  f_site BIGINT,
  f_part_of BIGINT,
  f_code TEXT COLLATE "C",
  f_guards BIGINT,
  f_needs BIGINT,
  f_orders BIGINT,
  f_description TEXT COLLATE "C",
  f_retired BIGINT
);

CREATE TABLE r_rota (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_class BIGINT,
  f_site BIGINT,
  f_function BIGINT,
  f_lead BIGINT,
  f_members TEXT COLLATE "C",
  f_zone TEXT COLLATE "C",
  f_days BIGINT,
  f_handover TEXT COLLATE "C",
  f_published_until TEXT COLLATE "C",
  f_rules TEXT COLLATE "C",
  f_retired BIGINT
);

CREATE TABLE r_shift (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_person BIGINT,
  f_place BIGINT,
  f_rota BIGINT,
  f_starts BIGINT,
  f_ends BIGINT,
  f_came BIGINT,
  f_went BIGINT,
  f_handover TEXT COLLATE "C"
);

CREATE TABLE r_credential (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_person BIGINT,
  f_issuer TEXT COLLATE "C",
  f_reference TEXT COLLATE "C",
  f_issued TEXT COLLATE "C",
  f_expires TEXT COLLATE "C",
  f_withdrawn BIGINT
);

CREATE TABLE r_course (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_class BIGINT,
  f_mandatory BIGINT,
  f_valid_days BIGINT,
  f_site BIGINT,
  f_owner BIGINT,
  f_audience TEXT COLLATE "C",
  f_content TEXT COLLATE "C",
  f_document BIGINT,
  f_pass_mark BIGINT
);

CREATE TABLE r_completion (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_course BIGINT,
  f_person BIGINT,
  f_state BIGINT,
  f_due TEXT COLLATE "C",
  f_points BIGINT,
  f_passed TEXT COLLATE "C",
  f_expires TEXT COLLATE "C"
);

CREATE TABLE r_review (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_person BIGINT,
  f_lead BIGINT,
  f_due TEXT COLLATE "C",
  f_objectives TEXT COLLATE "C",
  f_facts TEXT COLLATE "C",
  f_coaching TEXT COLLATE "C",
  f_causes TEXT COLLATE "C",
  f_outcome BIGINT,
  f_summary TEXT COLLATE "C",
  f_held BIGINT
);

CREATE UNIQUE INDEX r_indicator_external ON r_indicator (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_indicator_updated ON r_indicator (updated, id);

CREATE INDEX r_indicator_created ON r_indicator (created, id);

CREATE UNIQUE INDEX r_indicator_value_unique ON r_indicator (LOWER(f_value COLLATE "C")) WHERE f_value IS NOT NULL;

CREATE INDEX r_indicator_value ON r_indicator (f_value NULLS FIRST, id, tagset);

CREATE INDEX r_indicator_class ON r_indicator (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_indicator_source ON r_indicator (f_source NULLS FIRST, id, tagset);

CREATE INDEX r_indicator_seen_last ON r_indicator (f_seen_last NULLS FIRST, id, tagset);

CREATE INDEX r_indicator_expires ON r_indicator (f_expires NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_intelligence_external ON r_intelligence (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_intelligence_updated ON r_intelligence (updated, id);

CREATE INDEX r_intelligence_created ON r_intelligence (created, id);

CREATE INDEX r_intelligence_level ON r_intelligence (f_level NULLS FIRST, id, tagset);

CREATE INDEX r_intelligence_source ON r_intelligence (f_source NULLS FIRST, id, tagset);

CREATE INDEX r_intelligence_source_folded ON r_intelligence (LOWER(f_source COLLATE "C"), id);

CREATE INDEX r_intelligence_owner ON r_intelligence (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_intelligence_valid_until ON r_intelligence (f_valid_until NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_hunt_external ON r_hunt (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_hunt_updated ON r_hunt (updated, id);

CREATE INDEX r_hunt_created ON r_hunt (created, id);

CREATE INDEX r_hunt_technique ON r_hunt (f_technique NULLS FIRST, id, tagset);

CREATE INDEX r_hunt_technique_folded ON r_hunt (LOWER(f_technique COLLATE "C"), id);

CREATE INDEX r_hunt_hunter ON r_hunt (f_hunter NULLS FIRST, id, tagset);

CREATE INDEX r_hunt_due ON r_hunt (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_hunt_closed ON r_hunt (f_closed NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_risk_external ON r_risk (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_risk_updated ON r_risk (updated, id);

CREATE INDEX r_risk_created ON r_risk (created, id);

CREATE INDEX r_risk_class ON r_risk (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_risk_score ON r_risk (f_score NULLS FIRST, id, tagset);

CREATE INDEX r_risk_owner ON r_risk (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_risk_due ON r_risk (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_risk_residual ON r_risk (f_residual NULLS FIRST, id, tagset);

CREATE INDEX r_risk_site ON r_risk (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_risk_party ON r_risk (f_party NULLS FIRST, id, tagset);

CREATE INDEX r_risk_review_due ON r_risk (f_review_due NULLS FIRST, id, tagset);

CREATE INDEX r_risk_queue ON r_risk (f_state, f_score NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_framework_external ON r_framework (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_framework_updated ON r_framework (updated, id);

CREATE INDEX r_framework_created ON r_framework (created, id);

CREATE UNIQUE INDEX r_framework_name_unique ON r_framework (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_framework_name ON r_framework (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_framework_class ON r_framework (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_framework_owner ON r_framework (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_framework_review_due ON r_framework (f_review_due NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_requirement_external ON r_requirement (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_requirement_updated ON r_requirement (updated, id);

CREATE INDEX r_requirement_created ON r_requirement (created, id);

CREATE INDEX r_requirement_code ON r_requirement (f_code NULLS FIRST, id, tagset);

CREATE INDEX r_requirement_code_folded ON r_requirement (LOWER(f_code COLLATE "C"), id);

CREATE INDEX r_requirement_framework ON r_requirement (f_framework NULLS FIRST, id, tagset);

CREATE INDEX r_requirement_part_of ON r_requirement (f_part_of NULLS FIRST, id, tagset);

CREATE INDEX r_requirement_owner ON r_requirement (f_owner NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_control_external ON r_control (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_control_updated ON r_control (updated, id);

CREATE INDEX r_control_created ON r_control (created, id);

CREATE UNIQUE INDEX r_control_code_unique ON r_control (LOWER(f_code COLLATE "C")) WHERE f_code IS NOT NULL;

CREATE INDEX r_control_code ON r_control (f_code NULLS FIRST, id, tagset);

CREATE INDEX r_control_health ON r_control (f_health NULLS FIRST, id, tagset);

CREATE INDEX r_control_owner ON r_control (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_control_holder ON r_control (f_holder NULLS FIRST, id, tagset);

CREATE INDEX r_control_assessed_at ON r_control (f_assessed_at NULLS FIRST, id, tagset);

CREATE INDEX r_control_queue ON r_control (f_state, f_code NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_mapping_external ON r_mapping (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_mapping_updated ON r_mapping (updated, id);

CREATE INDEX r_mapping_created ON r_mapping (created, id);

CREATE INDEX r_mapping_title ON r_mapping (f_title NULLS FIRST, id, tagset);

CREATE INDEX r_mapping_title_folded ON r_mapping (LOWER(f_title COLLATE "C"), id);

CREATE INDEX r_mapping_from ON r_mapping (f_from NULLS FIRST, id, tagset);

CREATE INDEX r_mapping_requirement ON r_mapping (f_requirement NULLS FIRST, id, tagset);

CREATE INDEX r_mapping_control ON r_mapping (f_control NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_check_external ON r_check (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_check_updated ON r_check (updated, id);

CREATE INDEX r_check_created ON r_check (created, id);

CREATE INDEX r_check_title ON r_check (f_title NULLS FIRST, id, tagset);

CREATE INDEX r_check_title_folded ON r_check (LOWER(f_title COLLATE "C"), id);

CREATE INDEX r_check_class ON r_check (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_check_owner ON r_check (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_check_control ON r_check (f_control NULLS FIRST, id, tagset);

CREATE INDEX r_check_asset ON r_check (f_asset NULLS FIRST, id, tagset);

CREATE INDEX r_check_site ON r_check (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_check_due ON r_check (f_due NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_check_result_external ON r_check_result (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_check_result_updated ON r_check_result (updated, id);

CREATE INDEX r_check_result_created ON r_check_result (created, id);

CREATE INDEX r_check_result_check ON r_check_result (f_check NULLS FIRST, id, tagset);

CREATE INDEX r_check_result_period_end ON r_check_result (f_period_end NULLS FIRST, id, tagset);

CREATE INDEX r_check_result_finding ON r_check_result (f_finding NULLS FIRST, id, tagset);

CREATE INDEX r_check_result_by ON r_check_result (f_by NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_document_external ON r_document (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_document_updated ON r_document (updated, id);

CREATE INDEX r_document_created ON r_document (created, id);

CREATE INDEX r_document_title ON r_document (f_title NULLS FIRST, id, tagset);

CREATE INDEX r_document_title_folded ON r_document (LOWER(f_title COLLATE "C"), id);

CREATE INDEX r_document_class ON r_document (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_document_owner ON r_document (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_document_site ON r_document (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_document_carries_out ON r_document (f_carries_out NULLS FIRST, id, tagset);

CREATE INDEX r_document_effective_from ON r_document (f_effective_from NULLS FIRST, id, tagset);

CREATE INDEX r_document_review_due ON r_document (f_review_due NULLS FIRST, id, tagset);

CREATE INDEX r_document_author ON r_document (f_author NULLS FIRST, id, tagset);

CREATE INDEX r_document_approver ON r_document (f_approver NULLS FIRST, id, tagset);

CREATE INDEX r_document_queue ON r_document (f_state, f_title NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_receipt_external ON r_receipt (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_receipt_updated ON r_receipt (updated, id);

CREATE INDEX r_receipt_created ON r_receipt (created, id);

CREATE INDEX r_receipt_document ON r_receipt (f_document NULLS FIRST, id, tagset);

CREATE INDEX r_receipt_person ON r_receipt (f_person NULLS FIRST, id, tagset);

CREATE INDEX r_receipt_at ON r_receipt (f_at NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_engagement_external ON r_engagement (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_engagement_updated ON r_engagement (updated, id);

CREATE INDEX r_engagement_created ON r_engagement (created, id);

CREATE INDEX r_engagement_class ON r_engagement (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_lead ON r_engagement (f_lead NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_framework ON r_engagement (f_framework NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_site ON r_engagement (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_party ON r_engagement (f_party NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_starts ON r_engagement (f_starts NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_due ON r_engagement (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_queue ON r_engagement (f_state, f_starts NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_engagement_item_external ON r_engagement_item (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_engagement_item_updated ON r_engagement_item (updated, id);

CREATE INDEX r_engagement_item_created ON r_engagement_item (created, id);

CREATE INDEX r_engagement_item_engagement ON r_engagement_item (f_engagement NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_item_requirement ON r_engagement_item (f_requirement NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_item_control ON r_engagement_item (f_control NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_item_respondent ON r_engagement_item (f_respondent NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_item_due ON r_engagement_item (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_item_finding ON r_engagement_item (f_finding NULLS FIRST, id, tagset);

CREATE INDEX r_engagement_item_queue ON r_engagement_item (f_state, f_due NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_decision_external ON r_decision (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_decision_updated ON r_decision (updated, id);

CREATE INDEX r_decision_created ON r_decision (created, id);

CREATE INDEX r_decision_matter ON r_decision (f_matter NULLS FIRST, id, tagset);

CREATE INDEX r_decision_about ON r_decision (f_about NULLS FIRST, id, tagset);

CREATE INDEX r_decision_about_folded ON r_decision (LOWER(f_about COLLATE "C"), id);

CREATE INDEX r_decision_rule ON r_decision (f_rule NULLS FIRST, id, tagset);

CREATE INDEX r_decision_rule_folded ON r_decision (LOWER(f_rule COLLATE "C"), id);

CREATE INDEX r_decision_site ON r_decision (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_decision_until ON r_decision (f_until NULLS FIRST, id, tagset);

CREATE INDEX r_decision_requester ON r_decision (f_requester NULLS FIRST, id, tagset);

CREATE INDEX r_decision_decided_by ON r_decision (f_decided_by NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_authority_external ON r_authority (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_authority_updated ON r_authority (updated, id);

CREATE INDEX r_authority_created ON r_authority (created, id);

CREATE INDEX r_authority_title ON r_authority (f_title NULLS FIRST, id, tagset);

CREATE INDEX r_authority_title_folded ON r_authority (LOWER(f_title COLLATE "C"), id);

CREATE INDEX r_authority_matter ON r_authority (f_matter NULLS FIRST, id, tagset);

CREATE INDEX r_authority_function ON r_authority (f_function NULLS FIRST, id, tagset);

CREATE INDEX r_authority_review_due ON r_authority (f_review_due NULLS FIRST, id, tagset);

CREATE INDEX r_authority_queue ON r_authority (f_state, f_title NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_procedure_external ON r_procedure (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_procedure_updated ON r_procedure (updated, id);

CREATE INDEX r_procedure_created ON r_procedure (created, id);

CREATE INDEX r_procedure_title ON r_procedure (f_title NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_title_folded ON r_procedure (LOWER(f_title COLLATE "C"), id);

CREATE INDEX r_procedure_class ON r_procedure (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_owner ON r_procedure (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_site ON r_procedure (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_document ON r_procedure (f_document NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_review_due ON r_procedure (f_review_due NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_author ON r_procedure (f_author NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_queue ON r_procedure (f_state, f_title NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_procedure_run_external ON r_procedure_run (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_procedure_run_updated ON r_procedure_run (updated, id);

CREATE INDEX r_procedure_run_created ON r_procedure_run (created, id);

CREATE INDEX r_procedure_run_procedure ON r_procedure_run (f_procedure NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_run_assignee ON r_procedure_run (f_assignee NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_run_site ON r_procedure_run (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_run_asset ON r_procedure_run (f_asset NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_run_incident ON r_procedure_run (f_incident NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_run_due ON r_procedure_run (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_run_finished ON r_procedure_run (f_finished NULLS FIRST, id, tagset);

CREATE INDEX r_procedure_run_queue ON r_procedure_run (f_state, f_due NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_party_external ON r_party (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_party_updated ON r_party (updated, id);

CREATE INDEX r_party_created ON r_party (created, id);

CREATE UNIQUE INDEX r_party_name_unique ON r_party (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_party_name ON r_party (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_party_class ON r_party (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_party_tier ON r_party (f_tier NULLS FIRST, id, tagset);

CREATE INDEX r_party_overseer ON r_party (f_overseer NULLS FIRST, id, tagset);

CREATE INDEX r_party_last_contact ON r_party (f_last_contact NULLS FIRST, id, tagset);

CREATE INDEX r_party_contact_due ON r_party (f_contact_due NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_agreement_external ON r_agreement (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_agreement_updated ON r_agreement (updated, id);

CREATE INDEX r_agreement_created ON r_agreement (created, id);

CREATE INDEX r_agreement_class ON r_agreement (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_agreement_party ON r_agreement (f_party NULLS FIRST, id, tagset);

CREATE INDEX r_agreement_owner ON r_agreement (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_agreement_starts ON r_agreement (f_starts NULLS FIRST, id, tagset);

CREATE INDEX r_agreement_ends ON r_agreement (f_ends NULLS FIRST, id, tagset);

CREATE INDEX r_agreement_notice_by ON r_agreement (f_notice_by NULLS FIRST, id, tagset);

CREATE INDEX r_agreement_security_review ON r_agreement (f_security_review NULLS FIRST, id, tagset);

CREATE INDEX r_agreement_queue ON r_agreement (f_state, f_notice_by NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_service_level_external ON r_service_level (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_service_level_updated ON r_service_level (updated, id);

CREATE INDEX r_service_level_created ON r_service_level (created, id);

CREATE INDEX r_service_level_title ON r_service_level (f_title NULLS FIRST, id, tagset);

CREATE INDEX r_service_level_title_folded ON r_service_level (LOWER(f_title COLLATE "C"), id);

CREATE INDEX r_service_level_agreement ON r_service_level (f_agreement NULLS FIRST, id, tagset);

CREATE INDEX r_service_level_read_on ON r_service_level (f_read_on NULLS FIRST, id, tagset);

CREATE INDEX r_service_level_met ON r_service_level (f_met NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_bid_external ON r_bid (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_bid_updated ON r_bid (updated, id);

CREATE INDEX r_bid_created ON r_bid (created, id);

CREATE INDEX r_bid_tender ON r_bid (f_tender NULLS FIRST, id, tagset);

CREATE INDEX r_bid_tender_folded ON r_bid (LOWER(f_tender COLLATE "C"), id);

CREATE INDEX r_bid_party ON r_bid (f_party NULLS FIRST, id, tagset);

CREATE INDEX r_bid_score ON r_bid (f_score NULLS FIRST, id, tagset);

CREATE INDEX r_bid_valid_until ON r_bid (f_valid_until NULLS FIRST, id, tagset);

CREATE INDEX r_bid_queue ON r_bid (f_state, f_score NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_money_line_external ON r_money_line (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_money_line_updated ON r_money_line (updated, id);

CREATE INDEX r_money_line_created ON r_money_line (created, id);

CREATE INDEX r_money_line_class ON r_money_line (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_fiscal_year ON r_money_line (f_fiscal_year NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_account ON r_money_line (f_account NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_account_folded ON r_money_line (LOWER(f_account COLLATE "C"), id);

CREATE INDEX r_money_line_on ON r_money_line (f_on NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_owner ON r_money_line (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_party ON r_money_line (f_party NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_agreement ON r_money_line (f_agreement NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_engagement ON r_money_line (f_engagement NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_asset ON r_money_line (f_asset NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_site ON r_money_line (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_queue ON r_money_line (f_state, f_on NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_report_external ON r_report (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_report_updated ON r_report (updated, id);

CREATE INDEX r_report_created ON r_report (created, id);

CREATE INDEX r_report_class ON r_report (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_report_site ON r_report (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_report_period_end ON r_report (f_period_end NULLS FIRST, id, tagset);

CREATE INDEX r_report_author ON r_report (f_author NULLS FIRST, id, tagset);

CREATE INDEX r_report_signed_by ON r_report (f_signed_by NULLS FIRST, id, tagset);

CREATE INDEX r_report_queue ON r_report (f_state, f_period_end NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_meeting_external ON r_meeting (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_meeting_updated ON r_meeting (updated, id);

CREATE INDEX r_meeting_created ON r_meeting (created, id);

CREATE INDEX r_meeting_class ON r_meeting (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_meeting_at ON r_meeting (f_at NULLS FIRST, id, tagset);

CREATE INDEX r_meeting_chair ON r_meeting (f_chair NULLS FIRST, id, tagset);

CREATE INDEX r_meeting_party ON r_meeting (f_party NULLS FIRST, id, tagset);

CREATE INDEX r_meeting_site ON r_meeting (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_meeting_queue ON r_meeting (f_state, f_at NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_message_external ON r_message (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_message_updated ON r_message (updated, id);

CREATE INDEX r_message_created ON r_message (created, id);

CREATE INDEX r_message_class ON r_message (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_message_incident ON r_message (f_incident NULLS FIRST, id, tagset);

CREATE INDEX r_message_channel ON r_message (f_channel NULLS FIRST, id, tagset);

CREATE INDEX r_message_channel_folded ON r_message (LOWER(f_channel COLLATE "C"), id);

CREATE INDEX r_message_author ON r_message (f_author NULLS FIRST, id, tagset);

CREATE INDEX r_message_approver ON r_message (f_approver NULLS FIRST, id, tagset);

CREATE INDEX r_message_sent ON r_message (f_sent NULLS FIRST, id, tagset);

CREATE INDEX r_message_answered ON r_message (f_answered NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_survey_external ON r_survey (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_survey_updated ON r_survey (updated, id);

CREATE INDEX r_survey_created ON r_survey (created, id);

CREATE INDEX r_survey_class ON r_survey (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_survey_owner ON r_survey (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_survey_opens ON r_survey (f_opens NULLS FIRST, id, tagset);

CREATE INDEX r_survey_closes ON r_survey (f_closes NULLS FIRST, id, tagset);

CREATE INDEX r_survey_queue ON r_survey (f_state, f_opens NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_place_external ON r_place (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_place_updated ON r_place (updated, id);

CREATE INDEX r_place_created ON r_place (created, id);

CREATE INDEX r_place_name ON r_place (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_place_name_folded ON r_place (LOWER(f_name COLLATE "C"), id);

CREATE INDEX r_place_class ON r_place (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_place_site ON r_place (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_place_part_of ON r_place (f_part_of NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_place_code_unique ON r_place (LOWER(f_code COLLATE "C")) WHERE f_code IS NOT NULL;

CREATE INDEX r_place_code ON r_place (f_code NULLS FIRST, id, tagset);

CREATE INDEX r_place_orders ON r_place (f_orders NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_rota_external ON r_rota (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_rota_updated ON r_rota (updated, id);

CREATE INDEX r_rota_created ON r_rota (created, id);

CREATE UNIQUE INDEX r_rota_name_unique ON r_rota (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_rota_name ON r_rota (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_rota_class ON r_rota (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_rota_site ON r_rota (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_rota_function ON r_rota (f_function NULLS FIRST, id, tagset);

CREATE INDEX r_rota_lead ON r_rota (f_lead NULLS FIRST, id, tagset);

CREATE INDEX r_rota_published_until ON r_rota (f_published_until NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_shift_external ON r_shift (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_shift_updated ON r_shift (updated, id);

CREATE INDEX r_shift_created ON r_shift (created, id);

CREATE INDEX r_shift_class ON r_shift (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_shift_person ON r_shift (f_person NULLS FIRST, id, tagset);

CREATE INDEX r_shift_place ON r_shift (f_place NULLS FIRST, id, tagset);

CREATE INDEX r_shift_rota ON r_shift (f_rota NULLS FIRST, id, tagset);

CREATE INDEX r_shift_starts ON r_shift (f_starts NULLS FIRST, id, tagset);

CREATE INDEX r_shift_ends ON r_shift (f_ends NULLS FIRST, id, tagset);

CREATE INDEX r_shift_queue ON r_shift (f_state, f_starts NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_credential_external ON r_credential (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_credential_updated ON r_credential (updated, id);

CREATE INDEX r_credential_created ON r_credential (created, id);

CREATE INDEX r_credential_class ON r_credential (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_credential_person ON r_credential (f_person NULLS FIRST, id, tagset);

CREATE INDEX r_credential_expires ON r_credential (f_expires NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_course_external ON r_course (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_course_updated ON r_course (updated, id);

CREATE INDEX r_course_created ON r_course (created, id);

CREATE UNIQUE INDEX r_course_name_unique ON r_course (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_course_name ON r_course (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_course_class ON r_course (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_course_site ON r_course (f_site NULLS FIRST, id, tagset);

CREATE INDEX r_course_owner ON r_course (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_course_document ON r_course (f_document NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_completion_external ON r_completion (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_completion_updated ON r_completion (updated, id);

CREATE INDEX r_completion_created ON r_completion (created, id);

CREATE INDEX r_completion_course ON r_completion (f_course NULLS FIRST, id, tagset);

CREATE INDEX r_completion_person ON r_completion (f_person NULLS FIRST, id, tagset);

CREATE INDEX r_completion_due ON r_completion (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_completion_passed ON r_completion (f_passed NULLS FIRST, id, tagset);

CREATE INDEX r_completion_expires ON r_completion (f_expires NULLS FIRST, id, tagset);

CREATE INDEX r_completion_queue ON r_completion (f_state, f_due NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_review_external ON r_review (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_review_updated ON r_review (updated, id);

CREATE INDEX r_review_created ON r_review (created, id);

CREATE INDEX r_review_class ON r_review (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_review_person ON r_review (f_person NULLS FIRST, id, tagset);

CREATE INDEX r_review_lead ON r_review (f_lead NULLS FIRST, id, tagset);

CREATE INDEX r_review_due ON r_review (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_review_queue ON r_review (f_state, f_due NULLS FIRST, id, tagset);

CREATE TABLE search_indicator (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_indicator_words ON search_indicator USING GIN (words);

CREATE TABLE search_intelligence (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_intelligence_words ON search_intelligence USING GIN (words);

CREATE TABLE search_hunt (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_hunt_words ON search_hunt USING GIN (words);

CREATE TABLE search_risk (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_risk_words ON search_risk USING GIN (words);

CREATE TABLE search_framework (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_framework_words ON search_framework USING GIN (words);

CREATE TABLE search_requirement (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_requirement_words ON search_requirement USING GIN (words);

CREATE TABLE search_control (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_control_words ON search_control USING GIN (words);

CREATE TABLE search_mapping (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_mapping_words ON search_mapping USING GIN (words);

CREATE TABLE search_check (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_check_words ON search_check USING GIN (words);

CREATE TABLE search_check_result (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_check_result_words ON search_check_result USING GIN (words);

CREATE TABLE search_document (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_document_words ON search_document USING GIN (words);

CREATE TABLE search_receipt (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_receipt_words ON search_receipt USING GIN (words);

CREATE TABLE search_engagement (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_engagement_words ON search_engagement USING GIN (words);

CREATE TABLE search_engagement_item (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_engagement_item_words ON search_engagement_item USING GIN (words);

CREATE TABLE search_decision (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_decision_words ON search_decision USING GIN (words);

CREATE TABLE search_authority (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_authority_words ON search_authority USING GIN (words);

CREATE TABLE search_procedure (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_procedure_words ON search_procedure USING GIN (words);

CREATE TABLE search_procedure_run (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_procedure_run_words ON search_procedure_run USING GIN (words);

CREATE TABLE search_party (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_party_words ON search_party USING GIN (words);

CREATE TABLE search_agreement (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_agreement_words ON search_agreement USING GIN (words);

CREATE TABLE search_service_level (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_service_level_words ON search_service_level USING GIN (words);

CREATE TABLE search_bid (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_bid_words ON search_bid USING GIN (words);

CREATE TABLE search_money_line (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_money_line_words ON search_money_line USING GIN (words);

CREATE TABLE search_report (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_report_words ON search_report USING GIN (words);

CREATE TABLE search_meeting (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_meeting_words ON search_meeting USING GIN (words);

CREATE TABLE search_message (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_message_words ON search_message USING GIN (words);

CREATE TABLE search_survey (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_survey_words ON search_survey USING GIN (words);

CREATE TABLE search_place (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_place_words ON search_place USING GIN (words);

CREATE TABLE search_rota (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_rota_words ON search_rota USING GIN (words);

CREATE TABLE search_shift (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_shift_words ON search_shift USING GIN (words);

CREATE TABLE search_credential (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_credential_words ON search_credential USING GIN (words);

CREATE TABLE search_course (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_course_words ON search_course USING GIN (words);

CREATE TABLE search_completion (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_completion_words ON search_completion USING GIN (words);

CREATE TABLE search_review (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_review_words ON search_review USING GIN (words);
