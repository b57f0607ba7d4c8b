ALTER TABLE r_log_source ADD COLUMN f_silent_by INTEGER;

ALTER TABLE r_log_source ADD COLUMN f_learnt INTEGER;

ALTER TABLE r_log_source ADD COLUMN f_silent_after INTEGER;

ALTER TABLE r_log_source ADD COLUMN f_volume INTEGER;

ALTER TABLE r_log_source ADD COLUMN f_volume_why TEXT;

ALTER TABLE r_log_source ADD COLUMN f_clock INTEGER;

ALTER TABLE r_log_source ADD COLUMN f_clock_why TEXT;

ALTER TABLE r_log_source ADD COLUMN f_bad_share REAL;

ALTER TABLE r_log_source ADD COLUMN f_events_a_day INTEGER;

ALTER TABLE r_log_source ADD COLUMN f_bytes_a_day INTEGER;

-- An interval that is not the usual one was set by a person; the others are learnt.
UPDATE r_log_source SET f_silent_by = CASE WHEN f_interval = 900 THEN 10 ELSE 20 END;
