-- Version 19: who was refused while the others are still to get a mail.

ALTER TABLE outbox ADD COLUMN refused TEXT; -- a line each: the address, ": " and the server's words
