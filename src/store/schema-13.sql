-- Version 13: what a person did, remembered so that it can be taken back days later; and questions about what is still to be done
-- that do not read what has been done.

CREATE TABLE deed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  count INTEGER NOT NULL,              -- messages (or 1 for a folder)
  sentence TEXT NOT NULL,              -- as it was said
  steps INTEGER NOT NULL DEFAULT 0,    -- operations that it took
  undone INTEGER NOT NULL DEFAULT 0    -- when
) STRICT;
CREATE TABLE deed_group (
  batch INTEGER PRIMARY KEY,           -- of operation
  deed INTEGER NOT NULL REFERENCES deed ON DELETE CASCADE
) STRICT;
CREATE INDEX deed_groups ON deed_group (deed);

-- Groups whose deed was forgotten: their ended operations go with it.
CREATE TABLE forgotten (batch INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER deed_forgotten AFTER DELETE ON deed_group
BEGIN
  INSERT OR IGNORE INTO forgotten VALUES (OLD.batch);
END;

-- Ended operations stay for as long as their deed does.
CREATE INDEX operation_of_folder ON operation (folder, kind, uid) WHERE state < 2;
CREATE INDEX operation_due ON operation (account, due) WHERE state = 0 AND due > 0;
