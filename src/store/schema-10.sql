-- Version 10: how much room a folder takes.  A server may tell anything: of no message more than 2^40 octets are counted
-- (STORE_MOST_COUNTED), so that no sum overflows.

ALTER TABLE folder ADD COLUMN octets INTEGER NOT NULL DEFAULT 0;          -- octets of the rows that total counts; kept as that is
ALTER TABLE folder ADD COLUMN server_octets INTEGER NOT NULL DEFAULT -1; -- of server_total messages; -1: it did not tell

-- From one walk through the table, as it lies: by the index of the list it would be read in the order of the dates, all over the file.
UPDATE folder SET octets = sums.octets
  FROM (SELECT folder AS id, sum (min (size, 1099511627776)) AS octets FROM message NOT INDEXED WHERE hidden = 0 GROUP BY folder) AS sums
  WHERE folder.id = sums.id;

DROP TRIGGER message_removed;
CREATE TRIGGER message_removed AFTER DELETE ON message WHEN OLD.hidden = 0
BEGIN
  UPDATE folder SET total = total - 1, unread = unread - ((OLD.flags & 1) = 0), octets = octets - min (OLD.size, 1099511627776)
  WHERE id = OLD.folder;
END;
DROP TRIGGER message_changed;
CREATE TRIGGER message_changed AFTER UPDATE OF folder, flags, doomed, size ON message
WHEN OLD.folder <> NEW.folder OR OLD.flags <> NEW.flags OR OLD.doomed <> NEW.doomed OR OLD.size <> NEW.size
BEGIN
  UPDATE folder SET total = total - (OLD.hidden = 0), unread = unread - (OLD.hidden = 0 AND (OLD.flags & 1) = 0),
                    octets = octets - iif (OLD.hidden = 0, min (OLD.size, 1099511627776), 0)
  WHERE id = OLD.folder;
  UPDATE folder SET total = total + (NEW.hidden = 0), unread = unread + (NEW.hidden = 0 AND (NEW.flags & 1) = 0),
                    octets = octets + iif (NEW.hidden = 0, min (NEW.size, 1099511627776), 0)
  WHERE id = NEW.folder;
END;
