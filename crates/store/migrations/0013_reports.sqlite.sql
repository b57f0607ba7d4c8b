ALTER TABLE r_report ADD COLUMN f_figures TEXT;

ALTER TABLE r_report ADD COLUMN f_as_of INTEGER;
