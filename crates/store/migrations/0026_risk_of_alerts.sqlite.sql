ALTER TABLE r_alert ADD COLUMN f_risk INTEGER;

ALTER TABLE r_alert ADD COLUMN f_evidence INTEGER;

ALTER TABLE r_alert ADD COLUMN f_noted INTEGER;

ALTER TABLE r_detection_rule ADD COLUMN f_employees INTEGER;

ALTER TABLE r_detection_rule ADD COLUMN f_allowed_by INTEGER;

ALTER TABLE r_asset ADD COLUMN f_exposure INTEGER;

ALTER TABLE r_asset ADD COLUMN f_last_event INTEGER;

CREATE INDEX r_alert_risk ON r_alert (f_risk, id, tagset);

CREATE INDEX r_alert_noted ON r_alert (f_noted, id, tagset);

CREATE INDEX r_asset_last_event ON r_asset (f_last_event, id, tagset);

-- What is there already is weighed as it would be now: nobody has said yet who can reach an asset.
UPDATE r_asset SET f_exposure = 10;

UPDATE r_alert SET f_risk = MIN(100, (
  CASE f_severity WHEN 10 THEN 5 WHEN 20 THEN 20 WHEN 30 THEN 40 WHEN 40 THEN 60 ELSE 80 END
  * (25 + 25 * COALESCE((SELECT f_criticality FROM r_asset WHERE id = r_alert.f_asset), 3)) + 50
) / 100);

UPDATE r_alert SET f_evidence = (
  SELECT COUNT(*) FROM json_each(COALESCE(f_events, '[]')) AS link WHERE json_extract(link.value, '$.pinned') = 1
);

UPDATE r_alert SET f_noted = (
  SELECT MIN(created) FROM r_comment WHERE f_on_kind = 'alert' AND f_on_id = r_alert.id AND f_author IS NOT NULL
);
