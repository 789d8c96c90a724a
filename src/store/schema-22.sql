-- Version 22: who has got what is for the rest now, and since when a server takes something not yet.

ALTER TABLE outbox ADD COLUMN got TEXT; -- addresses, a line each; NULL: nobody
ALTER TABLE outbox ADD COLUMN deferred INTEGER NOT NULL DEFAULT 0; -- when a server first said 4xx of it; 0: none did
