ALTER TABLE r_log_source ADD COLUMN f_mapping TEXT COLLATE "C";
