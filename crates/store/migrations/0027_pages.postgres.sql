ALTER TABLE r_incident ADD COLUMN f_call BIGINT;

ALTER TABLE r_incident ADD COLUMN f_responder BIGINT;

CREATE TABLE r_page (
  id BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  tagset BIGINT NOT NULL,
  external_id TEXT COLLATE "C",
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  custom TEXT COLLATE "C",
  f_title TEXT COLLATE "C",
  f_class BIGINT,
  f_state BIGINT,
  f_person BIGINT,
  f_rota BIGINT,
  f_incident BIGINT,
  f_text TEXT COLLATE "C",
  f_asked_by BIGINT,
  f_sent BIGINT,
  f_trouble TEXT COLLATE "C",
  f_due BIGINT,
  f_warn BIGINT,
  f_late BIGINT,
  f_answered BIGINT,
  f_first BIGINT,
  f_followed BIGINT
);

ALTER TABLE r_rota ADD COLUMN f_calls_from BIGINT;

CREATE INDEX r_incident_call ON r_incident (f_call NULLS FIRST, id, tagset);

CREATE INDEX r_incident_responder ON r_incident (f_responder NULLS FIRST, id, tagset);

CREATE UNIQUE INDEX r_page_external ON r_page (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_page_updated ON r_page (updated, id);

CREATE INDEX r_page_created ON r_page (created, id);

CREATE INDEX r_page_class ON r_page (f_class NULLS FIRST, id, tagset);

CREATE INDEX r_page_person ON r_page (f_person NULLS FIRST, id, tagset);

CREATE INDEX r_page_rota ON r_page (f_rota NULLS FIRST, id, tagset);

CREATE INDEX r_page_incident ON r_page (f_incident NULLS FIRST, id, tagset);

CREATE INDEX r_page_asked_by ON r_page (f_asked_by NULLS FIRST, id, tagset);

CREATE INDEX r_page_sent ON r_page (f_sent NULLS FIRST, id, tagset);

CREATE INDEX r_page_due ON r_page (f_due NULLS FIRST, id, tagset);

CREATE INDEX r_page_first ON r_page (f_first NULLS FIRST, id, tagset);

CREATE INDEX r_page_followed ON r_page (f_followed NULLS FIRST, id, tagset);

CREATE INDEX r_rota_calls_from ON r_rota (f_calls_from NULLS FIRST, id, tagset);

CREATE TABLE search_page (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);

CREATE INDEX search_page_words ON search_page USING GIN (words);
