-- Version 25: a copy has one Message-ID and one date.  See store_mark_bring_up_to_date ().

-- Which labels there are, and who has them.
CREATE INDEX label_names ON label (names);
