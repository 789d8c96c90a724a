-- Version 2: how a folder was proven in step, and messages known again elsewhere.

ALTER TABLE folder ADD COLUMN in_step_by INTEGER NOT NULL DEFAULT 0; -- StoreProof
ALTER TABLE folder ADD COLUMN trouble TEXT;                          -- why it is not in step, for a person

-- What the server calls the message wherever it lies (OBJECTID, X-GM-MSGID); NULL: it does not tell.
ALTER TABLE message ADD COLUMN object_id TEXT;
CREATE INDEX message_object ON message (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX message_place ON message (received, size) WHERE has_body = 1;

-- Bytes of rows that went lately: a message that another client moved often leaves its old folder before it is
-- seen in the new one, and is then known again without being fetched.  They do not count as live in their pack.
CREATE TABLE orphan (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  object_id TEXT,
  message_id TEXT,
  received INTEGER NOT NULL,
  date INTEGER NOT NULL,
  size INTEGER NOT NULL,
  has_attachments INTEGER NOT NULL,
  preview TEXT,
  pack INTEGER NOT NULL REFERENCES pack ON DELETE CASCADE,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX orphan_place ON orphan (account, received, size);
CREATE INDEX orphan_object ON orphan (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX orphan_pack ON orphan (pack);
CREATE INDEX orphan_lost ON orphan (lost);

-- Before: the row of body goes with the message.  An account on its way out has no packs any more, or takes them along.
CREATE TRIGGER message_orphaned BEFORE DELETE ON message
WHEN OLD.has_body <> 0 AND (OLD.object_id IS NOT NULL OR OLD.message_id IS NOT NULL)
BEGIN
  INSERT INTO orphan (account, lost, object_id, message_id, received, date, size, has_attachments, preview,
                      pack, offset, length, checksum)
  SELECT pack.account, unixepoch (), OLD.object_id, OLD.message_id, OLD.received, OLD.date, OLD.size,
         OLD.has_attachments, OLD.preview, pack, offset, length, checksum
  FROM body JOIN pack ON pack.id = pack WHERE message = OLD.id;
END;
