-- Version 4: large messages that are here only in part.

-- What there is of such a message.  has_body stays 0: none of this ever passes for the whole.
CREATE TABLE piece (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
  number INTEGER NOT NULL,             -- -1: the message without the content of the parts below; else which of its leaves
  section TEXT NOT NULL,               -- what the server calls the part
  encoding TEXT NOT NULL,              -- of its content there, "base64"
  size INTEGER NOT NULL,               -- octets there, as encoded
  decoded INTEGER NOT NULL DEFAULT 0,  -- the bytes here are, they were not encoded when they came
  pack INTEGER REFERENCES pack ON DELETE CASCADE,  -- NULL: not here (of -1: it is not to be had in parts)
  offset INTEGER,
  length INTEGER,
  checksum INTEGER,
  UNIQUE (message, number)
) STRICT;
CREATE INDEX piece_pack ON piece (pack, offset) WHERE pack IS NOT NULL;

CREATE TRIGGER piece_added AFTER INSERT ON piece WHEN NEW.pack IS NOT NULL
BEGIN
  UPDATE pack SET live = live + NEW.length WHERE id = NEW.pack;
END;
CREATE TRIGGER piece_removed AFTER DELETE ON piece WHEN OLD.pack IS NOT NULL
BEGIN
  UPDATE pack SET live = live - OLD.length WHERE id = OLD.pack;
END;
CREATE TRIGGER piece_changed AFTER UPDATE OF pack, length ON piece
BEGIN
  UPDATE pack SET live = live - OLD.length WHERE id = OLD.pack;
  UPDATE pack SET live = live + NEW.length WHERE id = NEW.pack;
END;

-- The whole has come.
CREATE TRIGGER body_whole AFTER INSERT ON body
BEGIN
  DELETE FROM piece WHERE message = NEW.message;
END;
