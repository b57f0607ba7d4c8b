ALTER TABLE r_alert ADD COLUMN f_via INTEGER;

ALTER TABLE r_alert ADD COLUMN f_became TEXT;

ALTER TABLE r_alert ADD COLUMN f_claimed INTEGER;

ALTER TABLE r_incident ADD COLUMN f_people TEXT;

ALTER TABLE r_task ADD COLUMN f_started INTEGER;

ALTER TABLE r_asset ADD COLUMN f_holder INTEGER;

ALTER TABLE r_asset ADD COLUMN f_support_ends TEXT;

ALTER TABLE r_asset ADD COLUMN f_estimate INTEGER;

ALTER TABLE r_asset ADD COLUMN f_estimate_currency TEXT;

ALTER TABLE r_asset ADD COLUMN f_backed_up TEXT;

ALTER TABLE r_asset ADD COLUMN f_restored TEXT;

ALTER TABLE r_duty_run ADD COLUMN f_advice TEXT;

ALTER TABLE r_decision ADD COLUMN f_procedure INTEGER;

ALTER TABLE r_money_line ADD COLUMN f_legs TEXT;

ALTER TABLE r_money_line ADD COLUMN f_risk INTEGER;

ALTER TABLE r_place ADD COLUMN f_replaced_by INTEGER;

ALTER TABLE r_function ADD COLUMN f_requirements TEXT;

ALTER TABLE r_organisation ADD COLUMN f_closed_through TEXT;

CREATE INDEX r_alert_via ON r_alert (f_via, id, tagset);

CREATE INDEX r_alert_became ON r_alert (f_became, id, tagset);

CREATE INDEX r_alert_became_folded ON r_alert (LOWER(f_became), id);

CREATE INDEX r_asset_holder ON r_asset (f_holder, id, tagset);

CREATE INDEX r_asset_support_ends ON r_asset (f_support_ends, id, tagset);

CREATE INDEX r_asset_backed_up ON r_asset (f_backed_up, id, tagset);

CREATE INDEX r_asset_restored ON r_asset (f_restored, id, tagset);

CREATE INDEX r_decision_procedure ON r_decision (f_procedure, id, tagset);

CREATE INDEX r_money_line_risk ON r_money_line (f_risk, id, tagset);

CREATE INDEX r_place_replaced_by ON r_place (f_replaced_by, id, tagset);
