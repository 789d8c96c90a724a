-- Version 5: what a mail in the outbox is to be sent with.

ALTER TABLE outbox ADD COLUMN notify INTEGER NOT NULL DEFAULT 0;  -- StoreNotify: reports about the delivery
ALTER TABLE outbox ADD COLUMN send_at INTEGER NOT NULL DEFAULT 0; -- not before; 0: at once
