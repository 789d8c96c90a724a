-- Version 23: accounts that are switched off: their mail stays, and no view shows it.

ALTER TABLE account ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
