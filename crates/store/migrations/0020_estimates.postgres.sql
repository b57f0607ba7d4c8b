ALTER TABLE r_agreement ADD COLUMN f_estimate BIGINT;

ALTER TABLE r_agreement ADD COLUMN f_estimate_currency TEXT COLLATE "C";
