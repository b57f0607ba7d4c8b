ALTER TABLE r_detection_rule ADD COLUMN f_own INTEGER;

ALTER TABLE r_suppression ADD COLUMN f_filter TEXT;
