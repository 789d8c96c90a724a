-- Version 16: ids of messages that are not in `link` yet, see store-link.c.  A row is what one writing function added: pairs of numbers of eight
-- octets, the least octet first, the id and its conversation.
CREATE TABLE link_log (
  id INTEGER PRIMARY KEY,
  links BLOB NOT NULL
) STRICT;
