CREATE TABLE r_waiver (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_state INTEGER,
  f_held INTEGER,
  f_reason TEXT,
  f_until TEXT,
  f_requester INTEGER,
  f_approver INTEGER,
  f_decided INTEGER,
  f_alone TEXT
);

CREATE UNIQUE INDEX r_waiver_external ON r_waiver (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_waiver_updated ON r_waiver (updated, id);

CREATE INDEX r_waiver_created ON r_waiver (created, id);

CREATE INDEX r_waiver_held ON r_waiver (f_held, id, tagset);

CREATE INDEX r_waiver_until ON r_waiver (f_until, id, tagset);

CREATE INDEX r_waiver_requester ON r_waiver (f_requester, id, tagset);

CREATE INDEX r_waiver_approver ON r_waiver (f_approver, id, tagset);

CREATE INDEX r_waiver_queue ON r_waiver (f_state, f_until, id, tagset);

CREATE VIRTUAL TABLE search_waiver USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');
