-- Version 24: by which server a mail goes.

ALTER TABLE outbox ADD COLUMN route TEXT; -- id of the identity whose own server it is; NULL: the account's
