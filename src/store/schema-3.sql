-- Version 3: folders whose name here is not their name on the server (yet), operations on folders, copies, and how far an
-- operation has come on the server.

ALTER TABLE folder ADD COLUMN server_name TEXT NOT NULL DEFAULT '';   -- name is this with the pending renames replayed
UPDATE folder SET server_name = name;
ALTER TABLE folder ADD COLUMN local INTEGER NOT NULL DEFAULT 0;       -- the server does not have it: a CREATE is pending, or
                                                                      -- messages that are only here keep it
ALTER TABLE folder ADD COLUMN deleting INTEGER NOT NULL DEFAULT 0;    -- a DELETE is pending: not listed
ALTER TABLE folder ADD COLUMN subscribed INTEGER NOT NULL DEFAULT 1;

ALTER TABLE operation ADD COLUMN product INTEGER REFERENCES message ON DELETE SET NULL; -- the row that a COPY made here
ALTER TABLE operation ADD COLUMN name TEXT;                           -- RENAME: the new name
ALTER TABLE operation ADD COLUMN old_name TEXT;                       -- and the name here before it
ALTER TABLE operation ADD COLUMN step INTEGER NOT NULL DEFAULT 0;     -- StoreOperationStep
ALTER TABLE operation ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;     -- UIDNEXT of the target before it was sent there
ALTER TABLE operation ADD COLUMN mark_validity INTEGER NOT NULL DEFAULT 0; -- and its UIDVALIDITY
ALTER TABLE operation ADD COLUMN new_uid INTEGER NOT NULL DEFAULT 0;  -- its UID there, 0 not known
ALTER TABLE operation ADD COLUMN told INTEGER NOT NULL DEFAULT 0;     -- the person knows why it has to wait
CREATE INDEX operation_product ON operation (product);
CREATE INDEX operation_on_folder ON operation (account, id) WHERE kind >= 5 AND state < 2;
