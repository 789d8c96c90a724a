-- Version 17: a first sync begins with the newest, and an index that is filled from its greatest key down is balanced four times as often as one
-- that grows at its end.  Where no message is stored yet these indexes are empty, and what they say of their order may still be changed; where
-- there are some all stays as it is, for the other order is as right and only slower to fill.  (Not message_list: its rows are read by received
-- and id, both downwards.)
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace (sql, 'UNIQUE (folder, uid)', 'UNIQUE (folder, uid DESC)')
WHERE type = 'table' AND name = 'message' AND NOT EXISTS (SELECT 1 FROM message);
UPDATE sqlite_schema SET sql = replace (sql, '(folder, uid, size)', '(folder, uid DESC, size)')
WHERE type = 'index' AND name = 'message_bodyless' AND NOT EXISTS (SELECT 1 FROM message);
UPDATE sqlite_schema SET sql = replace (sql, '(received, size)', '(received DESC, size)')
WHERE type = 'index' AND name = 'message_place' AND NOT EXISTS (SELECT 1 FROM message);
PRAGMA writable_schema = RESET;
