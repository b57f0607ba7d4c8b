ALTER TABLE r_task ADD COLUMN f_team BIGINT;

ALTER TABLE r_asset ADD COLUMN f_state BIGINT;

ALTER TABLE r_person ADD COLUMN f_state BIGINT;

CREATE TABLE r_organisation (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_strict BIGINT
);

CREATE INDEX r_task_team ON r_task (f_team NULLS FIRST, id, tagset);

CREATE INDEX r_asset_state ON r_asset (f_state NULLS FIRST, id, tagset);

CREATE INDEX r_asset_queue ON r_asset (f_state, f_name NULLS FIRST, id, tagset);

CREATE INDEX r_person_state ON r_person (f_state NULLS FIRST, id, tagset);

CREATE INDEX r_person_queue ON r_person (f_state, f_name NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_organisation_external ON r_organisation (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_organisation_updated ON r_organisation (updated, id);

CREATE INDEX r_organisation_created ON r_organisation (created, id);

CREATE INDEX r_organisation_name ON r_organisation (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_organisation_name_folded ON r_organisation (LOWER(f_name COLLATE "C"), id);

CREATE TABLE search_organisation (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_organisation_words ON search_organisation USING GIN (words);
