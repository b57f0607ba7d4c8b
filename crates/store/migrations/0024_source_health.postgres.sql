ALTER TABLE r_log_source ADD COLUMN f_silent_by BIGINT;

ALTER TABLE r_log_source ADD COLUMN f_learnt BIGINT;

ALTER TABLE r_log_source ADD COLUMN f_silent_after BIGINT;

ALTER TABLE r_log_source ADD COLUMN f_volume BIGINT;

ALTER TABLE r_log_source ADD COLUMN f_volume_why TEXT COLLATE "C";

ALTER TABLE r_log_source ADD COLUMN f_clock BIGINT;

ALTER TABLE r_log_source ADD COLUMN f_clock_why TEXT COLLATE "C";

ALTER TABLE r_log_source ADD COLUMN f_bad_share DOUBLE PRECISION;

ALTER TABLE r_log_source ADD COLUMN f_events_a_day BIGINT;

ALTER TABLE r_log_source ADD COLUMN f_bytes_a_day BIGINT;

-- An interval that is not the usual one was set by a person; the others are learnt.
UPDATE r_log_source SET f_silent_by = CASE WHEN f_interval = 900 THEN 10 ELSE 20 END;
