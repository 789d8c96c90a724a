-- Version 21: in which folder the copy of what is sent is wanted.

ALTER TABLE outbox ADD COLUMN sent_folder TEXT; -- its path; NULL: the account's Sent
