ALTER TABLE r_detection_rule ADD COLUMN f_form BIGINT;
