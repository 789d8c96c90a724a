-- Version 18: conversations that a person split or joined are deeds, too.  No operation tells a server of them, so what undoes them stands here.

CREATE TABLE deed_thread (
  deed INTEGER PRIMARY KEY REFERENCES deed ON DELETE CASCADE,
  thread INTEGER NOT NULL,             -- of a split: what was left; of a join: what all became
  other INTEGER NOT NULL,              -- of a split: what was parted from it; 0: it is a join
  newest INTEGER NOT NULL              -- row of message up to which they are older than the deed
) STRICT;
-- Of a join, what each of the conversations was but for the largest, which is the rest.  A row may have come back as another one: `own` finds it.
CREATE TABLE deed_member (
  deed INTEGER NOT NULL REFERENCES deed ON DELETE CASCADE,
  message INTEGER NOT NULL,
  own INTEGER NOT NULL,                -- as message.own
  part INTEGER NOT NULL,               -- from 1
  PRIMARY KEY (deed, message)
) STRICT, WITHOUT ROWID;
