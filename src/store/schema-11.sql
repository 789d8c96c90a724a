-- Version 11: what a person chose for a sender, a domain or a list (store-choice.h).  Nothing of it can be fetched again.

CREATE TABLE choice (
  kind INTEGER NOT NULL,    -- StoreChoiceKind
  subject TEXT NOT NULL,    -- an address, a domain, a list id: as the kind says, in lower case
  value TEXT NOT NULL DEFAULT '',
  time INTEGER NOT NULL,    -- when it was chosen, seconds
  PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
