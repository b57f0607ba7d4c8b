ALTER TABLE r_alert ADD COLUMN f_late BIGINT;

CREATE TABLE r_custom_field (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_label TEXT COLLATE "C",
  f_of_kind TEXT COLLATE "C",
  f_name TEXT COLLATE "C",
  f_holds BIGINT,
  f_options TEXT COLLATE "C",
  f_class TEXT COLLATE "C",
  f_required BIGINT,
  f_help TEXT COLLATE "C",
  f_key TEXT COLLATE "C"
);

CREATE INDEX r_alert_late ON r_alert (f_late NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_custom_field_external ON r_custom_field (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_custom_field_updated ON r_custom_field (updated, id);

CREATE INDEX r_custom_field_label ON r_custom_field (f_label NULLS FIRST, id, tagset);

CREATE INDEX r_custom_field_label_folded ON r_custom_field (LOWER(f_label COLLATE "C"), id);

CREATE INDEX r_custom_field_of_kind ON r_custom_field (f_of_kind NULLS FIRST, id, tagset);

CREATE INDEX r_custom_field_of_kind_folded ON r_custom_field (LOWER(f_of_kind COLLATE "C"), id);

CREATE INDEX r_custom_field_name ON r_custom_field (f_name NULLS FIRST, id, tagset);

CREATE INDEX r_custom_field_name_folded ON r_custom_field (LOWER(f_name COLLATE "C"), id);

CREATE UNIQUE INDEX r_custom_field_key_unique ON r_custom_field (LOWER(f_key COLLATE "C")) WHERE f_key IS NOT NULL;

CREATE INDEX r_custom_field_key ON r_custom_field (f_key NULLS FIRST, id, tagset);

CREATE TABLE search_custom_field (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_custom_field_words ON search_custom_field USING GIN (words);
