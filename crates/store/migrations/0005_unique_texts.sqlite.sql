CREATE TABLE unique_text (
  kind TEXT NOT NULL,
  field TEXT NOT NULL,
  text TEXT NOT NULL,
  id INTEGER NOT NULL
);

CREATE UNIQUE INDEX unique_text_text ON unique_text (kind, field, text);

CREATE INDEX unique_text_id ON unique_text (kind, field, id);
