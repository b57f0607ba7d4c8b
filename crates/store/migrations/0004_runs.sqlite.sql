CREATE TABLE r_duty_run (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_held INTEGER,
  f_period_start TEXT,
  f_period_end TEXT,
  f_grade INTEGER,
  f_proof TEXT,
  f_exception TEXT,
  f_by INTEGER,
  f_done INTEGER
);

CREATE UNIQUE INDEX r_duty_run_external ON r_duty_run (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_duty_run_updated ON r_duty_run (updated, id);

CREATE INDEX r_duty_run_created ON r_duty_run (created, id);

CREATE INDEX r_duty_run_held ON r_duty_run (f_held, id, tagset);

CREATE INDEX r_duty_run_period_end ON r_duty_run (f_period_end, id, tagset);

CREATE INDEX r_duty_run_by ON r_duty_run (f_by, id, tagset);

CREATE VIRTUAL TABLE search_duty_run USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');
