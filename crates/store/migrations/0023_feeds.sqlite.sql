ALTER TABLE r_alert ADD COLUMN f_looked_back INTEGER;

CREATE TABLE r_feed (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_state INTEGER,
  f_form INTEGER,
  f_comes INTEGER,
  f_path TEXT,
  f_address TEXT,
  f_user TEXT,
  f_columns TEXT,
  f_unflagged INTEGER,
  f_confidence INTEGER,
  f_threshold INTEGER,
  f_half_life INTEGER,
  f_valid_days INTEGER,
  f_look_back INTEGER,
  f_every INTEGER,
  f_reliability INTEGER,
  f_owner INTEGER,
  f_entries INTEGER,
  f_types TEXT,
  f_broken INTEGER,
  f_unused INTEGER,
  f_harmless INTEGER,
  f_read_at INTEGER,
  f_stale INTEGER,
  f_fingerprint TEXT,
  f_file_name TEXT,
  f_size INTEGER,
  f_sent_by INTEGER,
  f_last_problem TEXT,
  f_added_after TEXT,
  f_looked INTEGER,
  f_looked_at INTEGER,
  f_sightings TEXT,
  f_ended TEXT
);

CREATE UNIQUE INDEX r_feed_external ON r_feed (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_feed_updated ON r_feed (updated, id);

CREATE INDEX r_feed_created ON r_feed (created, id);

CREATE UNIQUE INDEX r_feed_name_unique ON r_feed (LOWER(f_name)) WHERE f_name IS NOT NULL;

CREATE INDEX r_feed_name ON r_feed (f_name, id, tagset);

CREATE INDEX r_feed_owner ON r_feed (f_owner, id, tagset);

CREATE INDEX r_feed_read_at ON r_feed (f_read_at, id, tagset);

CREATE INDEX r_feed_stale ON r_feed (f_stale, id, tagset);

CREATE INDEX r_feed_queue ON r_feed (f_state, f_name, id, tagset);

CREATE VIRTUAL TABLE search_feed USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');
