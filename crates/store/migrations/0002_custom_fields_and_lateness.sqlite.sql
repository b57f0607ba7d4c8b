ALTER TABLE r_alert ADD COLUMN f_late INTEGER;

CREATE TABLE r_custom_field (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_label TEXT,
  f_of_kind TEXT,
  f_name TEXT,
  f_holds INTEGER,
  f_options TEXT,
  f_class TEXT,
  f_required INTEGER,
  f_help TEXT,
  f_key TEXT
);

CREATE INDEX r_alert_late ON r_alert (f_late, id, tagset);

CREATE UNIQUE INDEX r_custom_field_external ON r_custom_field (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_custom_field_updated ON r_custom_field (updated, id);

CREATE INDEX r_custom_field_label ON r_custom_field (f_label, id, tagset);

CREATE INDEX r_custom_field_label_folded ON r_custom_field (LOWER(f_label), id);

CREATE INDEX r_custom_field_of_kind ON r_custom_field (f_of_kind, id, tagset);

CREATE INDEX r_custom_field_of_kind_folded ON r_custom_field (LOWER(f_of_kind), id);

CREATE INDEX r_custom_field_name ON r_custom_field (f_name, id, tagset);

CREATE INDEX r_custom_field_name_folded ON r_custom_field (LOWER(f_name), id);

CREATE UNIQUE INDEX r_custom_field_key_unique ON r_custom_field (LOWER(f_key)) WHERE f_key IS NOT NULL;

CREATE INDEX r_custom_field_key ON r_custom_field (f_key, id, tagset);

CREATE VIRTUAL TABLE search_custom_field USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');
