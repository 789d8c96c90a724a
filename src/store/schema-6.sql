-- Version 6: a body costs its own row and no more.  With a trigger on the insert SQLite keeps a journal of each statement and
-- writes the row of the pack each time; store-body.c now counts what is live once a transaction, and store-message.c takes
-- the pieces away.

DROP TRIGGER body_added;
DROP TRIGGER body_whole;
