CREATE TABLE snapshot (
  kind TEXT COLLATE "C" NOT NULL,
  id BIGINT NOT NULL,
  day TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  part BIGINT,
  whole BIGINT,
  definition BIGINT NOT NULL,
  fresh BIGINT
);

CREATE UNIQUE INDEX snapshot_day ON snapshot (kind, id, day);

CREATE INDEX snapshot_all ON snapshot (kind, day, id);
