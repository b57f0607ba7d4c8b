CREATE TABLE snapshot (
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  day TEXT NOT NULL,
  state TEXT NOT NULL,
  part INTEGER,
  whole INTEGER,
  definition INTEGER NOT NULL,
  fresh INTEGER
);

CREATE UNIQUE INDEX snapshot_day ON snapshot (kind, id, day);

CREATE INDEX snapshot_all ON snapshot (kind, day, id);
