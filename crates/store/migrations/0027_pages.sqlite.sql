ALTER TABLE r_incident ADD COLUMN f_call INTEGER;

ALTER TABLE r_incident ADD COLUMN f_responder INTEGER;

CREATE TABLE r_page (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  tagset INTEGER NOT NULL,
  external_id TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  custom TEXT,
  f_title TEXT,
  f_class INTEGER,
  f_state INTEGER,
  f_person INTEGER,
  f_rota INTEGER,
  f_incident INTEGER,
  f_text TEXT,
  f_asked_by INTEGER,
  f_sent INTEGER,
  f_trouble TEXT,
  f_due INTEGER,
  f_warn INTEGER,
  f_late INTEGER,
  f_answered INTEGER,
  f_first INTEGER,
  f_followed INTEGER
);

ALTER TABLE r_rota ADD COLUMN f_calls_from INTEGER;

CREATE INDEX r_incident_call ON r_incident (f_call, id, tagset);

CREATE INDEX r_incident_responder ON r_incident (f_responder, id, tagset);

CREATE UNIQUE INDEX r_page_external ON r_page (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX r_page_updated ON r_page (updated, id);

CREATE INDEX r_page_created ON r_page (created, id);

CREATE INDEX r_page_class ON r_page (f_class, id, tagset);

CREATE INDEX r_page_person ON r_page (f_person, id, tagset);

CREATE INDEX r_page_rota ON r_page (f_rota, id, tagset);

CREATE INDEX r_page_incident ON r_page (f_incident, id, tagset);

CREATE INDEX r_page_asked_by ON r_page (f_asked_by, id, tagset);

CREATE INDEX r_page_sent ON r_page (f_sent, id, tagset);

CREATE INDEX r_page_due ON r_page (f_due, id, tagset);

CREATE INDEX r_page_first ON r_page (f_first, id, tagset);

CREATE INDEX r_page_followed ON r_page (f_followed, id, tagset);

CREATE INDEX r_rota_calls_from ON r_rota (f_calls_from, id, tagset);

CREATE VIRTUAL TABLE search_page USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3');
