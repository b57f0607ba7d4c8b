CREATE TABLE ballot_box (
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  voted TEXT NOT NULL,
  papers TEXT NOT NULL
);

CREATE UNIQUE INDEX ballot_box_record ON ballot_box (kind, id);
