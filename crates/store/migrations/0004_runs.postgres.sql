CREATE TABLE r_duty_run (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_held BIGINT,
  f_period_start TEXT COLLATE "C",
  f_period_end TEXT COLLATE "C",
  f_grade BIGINT,
  f_proof TEXT COLLATE "C",
  f_exception TEXT COLLATE "C",
  f_by BIGINT,
  f_done BIGINT
);

CREATE UNIQUE INDEX r_duty_run_external ON r_duty_run (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_duty_run_updated ON r_duty_run (updated, id);

CREATE INDEX r_duty_run_created ON r_duty_run (created, id);

CREATE INDEX r_duty_run_held ON r_duty_run (f_held NULLS FIRST, id, tagset);

CREATE INDEX r_duty_run_period_end ON r_duty_run (f_period_end NULLS FIRST, id, tagset);

CREATE INDEX r_duty_run_by ON r_duty_run (f_by NULLS FIRST, id, tagset);

CREATE TABLE search_duty_run (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_duty_run_words ON search_duty_run USING GIN (words);
