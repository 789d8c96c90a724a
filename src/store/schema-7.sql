-- Version 7: Gmail's labels, and folders that are known again under another name.

-- As the server told them, one a line; a message without a row: it told none.
CREATE TABLE label (
  message INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
  names TEXT NOT NULL
) STRICT;

-- What the server calls the folder whatever its name is (OBJECTID); NULL: it does not tell.
ALTER TABLE folder ADD COLUMN mailbox_id TEXT;
