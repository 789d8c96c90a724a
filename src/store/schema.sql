-- Version 1 of the mail store.  Later versions are further files, run in order by store-db.c; this one never changes
-- once released.  Times are seconds since 1970; flags are StoreFlags (1 seen, 8 deleted).

-- One row of what concerns the store as a whole.
CREATE TABLE store (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  fresh INTEGER NOT NULL,      -- begun anew and the draft folders not looked through yet
  last_group INTEGER NOT NULL  -- last group of operations handed out
) STRICT;
INSERT INTO store VALUES (1, 1, 0);

CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE folder (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  name TEXT NOT NULL,
  delimiter INTEGER NOT NULL,
  role INTEGER NOT NULL,
  selectable INTEGER NOT NULL,
  uid_validity INTEGER NOT NULL DEFAULT 0,
  uid_next INTEGER NOT NULL DEFAULT 0,
  highest_modseq INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,   -- these two are kept by the triggers below
  unread INTEGER NOT NULL DEFAULT 0,
  server_total INTEGER NOT NULL DEFAULT 0,
  server_unread INTEGER NOT NULL DEFAULT 0,
  complete INTEGER NOT NULL DEFAULT 0,
  in_step INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, name)
) STRICT;

-- AUTOINCREMENT: the id of a message that is gone must never come back as another message.
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  folder INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE,
  uid INTEGER,                            -- NULL: the server's number is not known (yet)
  flags INTEGER NOT NULL,
  server_flags INTEGER NOT NULL,
  doomed INTEGER NOT NULL DEFAULT 0,      -- an EXPUNGE is pending
  stray INTEGER NOT NULL DEFAULT 0,       -- without UID since that many complete looks at the folder
  local_only INTEGER NOT NULL DEFAULT 0,  -- the server refused to take it: lives here alone
  received INTEGER NOT NULL,              -- 0 .. 2^31-1, see STORE_KEY_MAKE
  date INTEGER NOT NULL,
  size INTEGER NOT NULL,
  has_attachments INTEGER NOT NULL,
  has_body INTEGER NOT NULL,              -- there is a row in body
  from_name TEXT,
  from_address TEXT,
  recipients TEXT,
  subject TEXT,
  message_id TEXT,
  in_reply_to TEXT,
  reference_ids TEXT,
  preview TEXT,
  -- not listed; a generated column would keep SQLite 3.40 from reading the list from its index alone
  hidden INTEGER NOT NULL CHECK (hidden = (doomed <> 0 OR (flags & 8) <> 0)),
  UNIQUE (folder, uid)
) STRICT;
-- The list of a folder is read from this index alone; the id is its last column by nature.
CREATE INDEX message_list ON message (folder, hidden, received);
CREATE INDEX message_bodyless ON message (folder, uid, size) WHERE has_body = 0 AND uid IS NOT NULL;
CREATE INDEX message_adoptable ON message (folder, message_id) WHERE uid IS NULL;

CREATE TRIGGER message_added AFTER INSERT ON message WHEN NEW.hidden = 0
BEGIN
  UPDATE folder SET total = total + 1, unread = unread + ((NEW.flags & 1) = 0) WHERE id = NEW.folder;
END;
CREATE TRIGGER message_removed AFTER DELETE ON message WHEN OLD.hidden = 0
BEGIN
  UPDATE folder SET total = total - 1, unread = unread - ((OLD.flags & 1) = 0) WHERE id = OLD.folder;
END;
CREATE TRIGGER message_changed AFTER UPDATE OF folder, flags, doomed ON message
WHEN OLD.folder <> NEW.folder OR OLD.flags <> NEW.flags OR OLD.doomed <> NEW.doomed
BEGIN
  UPDATE folder SET total = total - (OLD.hidden = 0), unread = unread - (OLD.hidden = 0 AND (OLD.flags & 1) = 0)
  WHERE id = OLD.folder;
  UPDATE folder SET total = total + (NEW.hidden = 0), unread = unread + (NEW.hidden = 0 AND (NEW.flags & 1) = 0)
  WHERE id = NEW.folder;
END;

-- Where the bytes of messages lie: files bodies/<account>/<number>.pack.
CREATE TABLE pack (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  number INTEGER NOT NULL,
  size INTEGER NOT NULL,            -- what is committed; bytes behind it are a torn tail
  live INTEGER NOT NULL DEFAULT 0,  -- bytes that rows of body still name
  UNIQUE (account, number)
) STRICT;
CREATE TABLE body (
  message INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
  pack INTEGER NOT NULL REFERENCES pack ON DELETE CASCADE,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;
CREATE INDEX body_pack ON body (pack, offset);
CREATE TRIGGER body_added AFTER INSERT ON body
BEGIN
  UPDATE pack SET live = live + NEW.length WHERE id = NEW.pack;
END;
CREATE TRIGGER body_removed AFTER DELETE ON body
BEGIN
  UPDATE pack SET live = live - OLD.length WHERE id = OLD.pack;
END;

-- What the person did.  state: 0 waiting, 1 taken by the sync worker, 2 done (kept for a while for undo).
CREATE TABLE operation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  batch INTEGER NOT NULL,           -- the group that undo takes back
  kind INTEGER NOT NULL,
  message INTEGER REFERENCES message ON DELETE SET NULL,
  folder INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE,
  uid INTEGER NOT NULL,             -- 0: not known
  message_id TEXT,
  target INTEGER REFERENCES folder ON DELETE CASCADE,
  flags INTEGER NOT NULL,
  adding INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL DEFAULT 0,
  state INTEGER NOT NULL DEFAULT 0,
  begun INTEGER NOT NULL DEFAULT 0, -- was taken at least once: the server may have done it
  ended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX operation_message ON operation (message, id);
CREATE INDEX operation_live ON operation (account, id) WHERE state < 2;
CREATE INDEX operation_ended ON operation (ended) WHERE state = 2;
CREATE INDEX operation_batch ON operation (batch, id);
CREATE INDEX operation_folder ON operation (folder, uid);
CREATE INDEX operation_target ON operation (target);

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  draft TEXT NOT NULL UNIQUE,
  message_id TEXT,
  sender TEXT,
  recipients TEXT NOT NULL,  -- one a line
  subject TEXT,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  error TEXT,
  detail TEXT
) STRICT;
CREATE INDEX outbox_account ON outbox (account, state, next_try);

-- Draft folders that must go (their message was sent, their account removed), in case a crash keeps them.
CREATE TABLE removed_draft (draft TEXT PRIMARY KEY) STRICT;
