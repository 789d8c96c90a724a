-- Version 15: what changes of a message is counted like what is added: store_row_write_counts () adds up, and says it once in a transaction.
-- For each row it was two statements, a third of what marking many messages cost.  What goes is counted by message_removed as before.

DROP TRIGGER message_changed;
