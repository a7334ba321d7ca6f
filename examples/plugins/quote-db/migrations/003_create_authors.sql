-- An author who is renamed should be renamed once, not in every quote.
-- requires: sqlite >= 3.37.0

-- UP: move authors into a table of their own
CREATE TABLE authors (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO authors (name)
SELECT DISTINCT author
FROM quotes
ORDER BY author;

-- Each vote references quotes with ON DELETE CASCADE. With foreign keys on, dropping the old table
-- would delete all votes. godwit switches them off for the migration, so the votes are kept and
-- reference the rebuilt table, in which each quote has its old id.
CREATE TABLE quotes_new (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE RESTRICT,
    channel TEXT NOT NULL DEFAULT '#general',
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL,
    CHECK (text <> ''),
    CHECK (channel LIKE '#_%')
) STRICT;

INSERT INTO quotes_new (id, text, author_id, channel, added_by, added_at)
SELECT quotes.id, quotes.text, authors.id, quotes.channel, quotes.added_by, quotes.added_at
FROM quotes
JOIN authors ON authors.name = quotes.author;

DROP TABLE quotes;

-- The view quote_scores is not affected: it reads columns that have not changed.
ALTER TABLE quotes_new RENAME TO quotes;

CREATE UNIQUE INDEX quotes_once ON quotes (author_id, text);
CREATE INDEX quotes_channel ON quotes (channel, added_at);

-- DOWN: write the names into the quotes again
-- Every quote gets the present name of its author. An author without a quote is lost.
CREATE TABLE quotes_new (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    author TEXT NOT NULL DEFAULT 'Unknown',
    channel TEXT NOT NULL DEFAULT '#general',
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL,
    CHECK (text <> ''),
    CHECK (channel LIKE '#_%')
) STRICT;

INSERT INTO quotes_new (id, text, author, channel, added_by, added_at)
SELECT quotes.id, quotes.text, authors.name, quotes.channel, quotes.added_by, quotes.added_at
FROM quotes
JOIN authors ON authors.id = quotes.author_id;

DROP TABLE quotes;

ALTER TABLE quotes_new RENAME TO quotes;

CREATE UNIQUE INDEX quotes_once ON quotes (author, text);
CREATE INDEX quotes_channel ON quotes (channel, added_at);

DROP TABLE authors;
