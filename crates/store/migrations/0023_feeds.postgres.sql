ALTER TABLE r_alert ADD COLUMN f_looked_back BIGINT;

CREATE TABLE r_feed (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_state BIGINT,
  f_form BIGINT,
  f_comes BIGINT,
  f_path TEXT COLLATE "C",
  f_address TEXT COLLATE "C",
  f_user TEXT COLLATE "C",
  f_columns TEXT COLLATE "C",
  f_unflagged BIGINT,
  f_confidence BIGINT,
  f_threshold BIGINT,
  f_half_life BIGINT,
  f_valid_days BIGINT,
  f_look_back BIGINT,
  f_every BIGINT,
  f_reliability BIGINT,
  f_owner BIGINT,
  f_entries BIGINT,
  f_types TEXT COLLATE "C",
  f_broken BIGINT,
  f_unused BIGINT,
  f_harmless BIGINT,
  f_read_at BIGINT,
  f_stale BIGINT,
  f_fingerprint TEXT COLLATE "C",
  f_file_name TEXT COLLATE "C",
  f_size BIGINT,
  f_sent_by BIGINT,
  f_last_problem TEXT COLLATE "C",
  f_added_after TEXT COLLATE "C",
  f_looked BIGINT,
  f_looked_at BIGINT,
  f_sightings TEXT COLLATE "C",
  f_ended TEXT COLLATE "C"
);

CREATE UNIQUE INDEX r_feed_external ON r_feed (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_feed_updated ON r_feed (updated, id);

CREATE INDEX r_feed_created ON r_feed (created, id);

CREATE UNIQUE INDEX r_feed_name_unique ON r_feed (LOWER(f_name COLLATE "C")) WHERE f_name IS NOT NULL;

CREATE INDEX r_feed_name ON r_feed (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_feed_owner ON r_feed (f_owner NULLS FIRST, id, tagset);

CREATE INDEX r_feed_read_at ON r_feed (f_read_at NULLS FIRST, id, tagset);

CREATE INDEX r_feed_stale ON r_feed (f_stale NULLS FIRST, id, tagset);

CREATE INDEX r_feed_queue ON r_feed (f_state, f_name NULLS FIRST, id, tagset);

CREATE TABLE search_feed (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_feed_words ON search_feed USING GIN (words);
