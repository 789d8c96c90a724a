-- Version 12: people, as the mail that came and went shows them.  Nothing here is written with a message: a pass behind the sync
-- (store-person.c) goes through the rows of messages in the order of their ids, and remembers how far it is.

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE, -- ASCII letters in lower case, as lower () makes them
  domain TEXT NOT NULL,         -- what stands behind its last @
  name TEXT,                    -- as they wrote it last; else as it was written to them
  received INTEGER NOT NULL,    -- messages from them (not in Junk)
  sent INTEGER NOT NULL,        -- messages to them, in Sent
  first INTEGER NOT NULL,       -- when the first and the last of these came or went
  last INTEGER NOT NULL
) STRICT;
CREATE INDEX person_domain ON person (domain) WHERE sent > 0;

-- A message that is gone stays here and counts for nothing: its id never comes back.
CREATE TABLE person_message (
  person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
  received INTEGER NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (person, received, message)
) STRICT, WITHOUT ROWID;

-- Messages in Sent whose bytes were not here when the pass came by.
CREATE TABLE person_later (message INTEGER PRIMARY KEY) STRICT;

CREATE TABLE person_pass (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  message INTEGER NOT NULL, -- the last one that was looked at
  later INTEGER NOT NULL    -- the same of person_later, begun again when it is through
) STRICT;
INSERT INTO person_pass VALUES (1, 0, 0);
