ALTER TABLE r_agreement ADD COLUMN f_estimate INTEGER;

ALTER TABLE r_agreement ADD COLUMN f_estimate_currency TEXT;
