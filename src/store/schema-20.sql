-- Version 20: what the server that sends for an account takes at most.

ALTER TABLE account ADD COLUMN size_limit INTEGER; -- octets of a message (RFC 1870); 0: it told none; NULL: not known yet
