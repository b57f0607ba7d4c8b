CREATE TABLE r_waiver (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_state BIGINT,
  f_held BIGINT,
  f_reason TEXT COLLATE "C",
  f_until TEXT COLLATE "C",
  f_requester BIGINT,
  f_approver BIGINT,
  f_decided BIGINT,
  f_alone TEXT COLLATE "C"
);

CREATE UNIQUE INDEX r_waiver_external ON r_waiver (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_waiver_updated ON r_waiver (updated, id);

CREATE INDEX r_waiver_created ON r_waiver (created, id);

CREATE INDEX r_waiver_held ON r_waiver (f_held NULLS FIRST, id, tagset);

CREATE INDEX r_waiver_until ON r_waiver (f_until NULLS FIRST, id, tagset);

CREATE INDEX r_waiver_requester ON r_waiver (f_requester NULLS FIRST, id, tagset);

CREATE INDEX r_waiver_approver ON r_waiver (f_approver NULLS FIRST, id, tagset);

CREATE INDEX r_waiver_queue ON r_waiver (f_state, f_until NULLS FIRST, id, tagset);

CREATE TABLE search_waiver (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_waiver_words ON search_waiver USING GIN (words);
