CREATE TABLE ballot_box (
  kind TEXT COLLATE "C" NOT NULL,
  id BIGINT NOT NULL,
  voted TEXT COLLATE "C" NOT NULL,
  papers TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX ballot_box_record ON ballot_box (kind, id);
