ALTER TABLE r_alert ADD COLUMN f_via BIGINT;

ALTER TABLE r_alert ADD COLUMN f_became TEXT COLLATE "C";

ALTER TABLE r_alert ADD COLUMN f_claimed BIGINT;

ALTER TABLE r_incident ADD COLUMN f_people TEXT COLLATE "C";

ALTER TABLE r_task ADD COLUMN f_started BIGINT;

ALTER TABLE r_asset ADD COLUMN f_holder BIGINT;

ALTER TABLE r_asset ADD COLUMN f_support_ends TEXT COLLATE "C";

ALTER TABLE r_asset ADD COLUMN f_estimate BIGINT;

ALTER TABLE r_asset ADD COLUMN f_estimate_currency TEXT COLLATE "C";

ALTER TABLE r_asset ADD COLUMN f_backed_up TEXT COLLATE "C";

ALTER TABLE r_asset ADD COLUMN f_restored TEXT COLLATE "C";

ALTER TABLE r_duty_run ADD COLUMN f_advice TEXT COLLATE "C";

ALTER TABLE r_decision ADD COLUMN f_procedure BIGINT;

ALTER TABLE r_money_line ADD COLUMN f_legs TEXT COLLATE "C";

ALTER TABLE r_money_line ADD COLUMN f_risk BIGINT;

ALTER TABLE r_place ADD COLUMN f_replaced_by BIGINT;

ALTER TABLE r_function ADD COLUMN f_requirements TEXT COLLATE "C";

ALTER TABLE r_organisation ADD COLUMN f_closed_through TEXT COLLATE "C";

CREATE INDEX r_alert_via ON r_alert (f_via NULLS FIRST, id, tagset);

CREATE INDEX r_alert_became ON r_alert (f_became NULLS FIRST, id, tagset);

CREATE INDEX r_alert_became_folded ON r_alert (LOWER(f_became COLLATE "C"), id);

CREATE INDEX r_asset_holder ON r_asset (f_holder NULLS FIRST, id, tagset);

CREATE INDEX r_asset_support_ends ON r_asset (f_support_ends NULLS FIRST, id, tagset);

CREATE INDEX r_asset_backed_up ON r_asset (f_backed_up NULLS FIRST, id, tagset);

CREATE INDEX r_asset_restored ON r_asset (f_restored NULLS FIRST, id, tagset);

CREATE INDEX r_decision_procedure ON r_decision (f_procedure NULLS FIRST, id, tagset);

CREATE INDEX r_money_line_risk ON r_money_line (f_risk NULLS FIRST, id, tagset);

CREATE INDEX r_place_replaced_by ON r_place (f_replaced_by NULLS FIRST, id, tagset);
