ALTER TABLE r_task ADD COLUMN f_team INTEGER;

ALTER TABLE r_asset ADD COLUMN f_state INTEGER;

ALTER TABLE r_person ADD COLUMN f_state INTEGER;

CREATE TABLE r_organisation (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_name TEXT,
  f_strict INTEGER
);

CREATE INDEX r_task_team ON r_task (f_team, id, tagset);

CREATE INDEX r_asset_state ON r_asset (f_state, id, tagset);

CREATE INDEX r_asset_queue ON r_asset (f_state, f_name, id, tagset);

CREATE INDEX r_person_state ON r_person (f_state, id, tagset);

CREATE INDEX r_person_queue ON r_person (f_state, f_name, id, tagset);

CREATE UNIQUE INDEX r_organisation_external ON r_organisation (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_organisation_updated ON r_organisation (updated, id);

CREATE INDEX r_organisation_created ON r_organisation (created, id);

CREATE INDEX r_organisation_name ON r_organisation (f_name, id, tagset);

CREATE INDEX r_organisation_name_folded ON r_organisation (LOWER(f_name), id);

CREATE VIRTUAL TABLE search_organisation USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');
