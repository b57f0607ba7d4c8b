CREATE TABLE unique_text (
  kind TEXT COLLATE "C" NOT NULL,
  field TEXT COLLATE "C" NOT NULL,
  text TEXT COLLATE "C" NOT NULL,
  id BIGINT NOT NULL
);

CREATE UNIQUE INDEX unique_text_text ON unique_text (kind, field, text);

CREATE INDEX unique_text_id ON unique_text (kind, field, id);
