-- Version 7: Gmail's labels.

-- As the server told them, one a line; a message without a row: it told none.
CREATE TABLE label (
  message INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
  names TEXT NOT NULL
) STRICT;
