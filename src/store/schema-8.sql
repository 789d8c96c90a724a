-- Version 8: bytes of a pack that several rows name (a copy, the same message in two folders) count once.

DROP TRIGGER body_removed;
CREATE TRIGGER body_removed AFTER DELETE ON body
WHEN NOT EXISTS (SELECT 1 FROM body WHERE pack = OLD.pack AND offset = OLD.offset AND length = OLD.length)
BEGIN
  UPDATE pack SET live = live - OLD.length WHERE id = OLD.pack;
END;
UPDATE pack SET live =
  (SELECT coalesce (sum (length), 0) FROM (SELECT DISTINCT offset, length FROM body WHERE body.pack = pack.id))
  + (SELECT coalesce (sum (length), 0) FROM piece WHERE piece.pack = pack.id);
