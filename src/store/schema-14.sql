-- Version 14: conversations.

ALTER TABLE store ADD COLUMN last_thread INTEGER NOT NULL DEFAULT 0; -- last conversation handed out
ALTER TABLE store ADD COLUMN link_key INTEGER NOT NULL DEFAULT 0;    -- what makes ids into numbers that nobody can foresee
-- Rows up to this one may not have been looked at: those from before.  0: all have been.
ALTER TABLE store ADD COLUMN unthreaded INTEGER NOT NULL DEFAULT 0;
UPDATE store SET link_key = random (), unthreaded = (SELECT coalesce (max (id), 0) FROM message);

ALTER TABLE message ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;  -- its conversation; 0: not looked at yet
ALTER TABLE message ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;   -- StoreMarks: what it is in the lists
ALTER TABLE message ADD COLUMN own INTEGER NOT NULL DEFAULT 0;     -- link.id of its Message-ID; 0: it has none
ALTER TABLE message ADD COLUMN base INTEGER NOT NULL DEFAULT 0;    -- an answer that waits for what it answers: its subject as a number; else 0

-- Six indexes on a table that may hold a million rows, of which none is in any of them yet: SQLite would read all of it six times to find
-- that out, before a list can be shown.  So they are made of an empty table that has such columns, and given to `message` as they are; what
-- sqlite_schema says then is to the letter what CREATE INDEX ... ON message would have written.
CREATE TABLE hollow (folder, received, thread, marks, own, base);
-- All of a conversation, and what has to be known to find its place in each list, without a row being read.
CREATE INDEX message_thread ON hollow (thread, received, folder, marks, own) WHERE thread <> 0;
-- The conversations of a folder, in their order: the newest row of each (StoreMarks: 1).  A first sync begins with the newest, and adding
-- at the end of an index is cheap.
CREATE INDEX message_head ON hollow (folder, received DESC, thread DESC) WHERE (marks & 1) <> 0;
-- The views: rows that are so (16, 32, 64), listed where a view looks (not 256), and no copies (not 512).
CREATE INDEX message_unread ON hollow (received, thread, marks) WHERE (marks & 784) = 16;
CREATE INDEX message_starred ON hollow (received, thread, marks) WHERE (marks & 800) = 32;
CREATE INDEX message_attached ON hollow (received, thread, marks) WHERE (marks & 832) = 64;
-- Answers that name no message, see store-lonely.c.
CREATE INDEX message_base ON hollow (base) WHERE base <> 0;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET tbl_name = 'message', sql = replace (sql, ' ON hollow ', ' ON message ') WHERE type = 'index' AND tbl_name = 'hollow';
-- What SQLite has read of the schema is forgotten: who drops `hollow` must not know of its indexes.
PRAGMA writable_schema = RESET;
DROP TABLE hollow;

-- Ids of messages, here or only named, as numbers of account and id.
CREATE TABLE link (
  id INTEGER PRIMARY KEY,
  thread INTEGER NOT NULL
) STRICT;
-- Conversations that were merged; `target` is never one of them.
CREATE TABLE merged (
  thread INTEGER PRIMARY KEY,
  target INTEGER NOT NULL
) STRICT;
CREATE INDEX merged_target ON merged (target);
-- The person parted it from `origin`: nothing that links later merges it with another.
CREATE TABLE parted (
  thread INTEGER PRIMARY KEY,
  origin INTEGER NOT NULL
) STRICT;
