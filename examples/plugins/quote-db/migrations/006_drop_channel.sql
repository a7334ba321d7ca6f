-- Quotes belong to the whole server now; the channel in which one was saved is nobody's business.
-- An index and a CHECK use the column, so even SQLite's own DROP COLUMN would refuse.
-- requires: sqlite >= 3.37.0

-- UP: drop quotes.channel

-- The children of this table are votes and quote_tags. Both keep all their rows, because the drop
-- below runs with foreign keys off and the ids are copied.
CREATE TABLE quotes_new (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE RESTRICT,
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL,
    CHECK (text <> '')
) STRICT;

INSERT INTO quotes_new (id, text, author_id, added_by, added_at)
SELECT id, text, author_id, added_by, added_at
FROM quotes;

-- Dropped by name, so that this index is not taken for one that the rebuild forgot.
DROP INDEX quotes_channel;
DROP TABLE quotes;

ALTER TABLE quotes_new RENAME TO quotes;

-- "!lastquote" looks through all quotes from here on.
CREATE UNIQUE INDEX quotes_once ON quotes (author_id, text);
CREATE INDEX quotes_added ON quotes (added_at);

-- The search index finds its rows by table name and id, both of which are the same again, so it
-- needs no rebuilding. The triggers are gone with the old table.
CREATE TRIGGER quotes_search_insert AFTER INSERT ON quotes
BEGIN
    INSERT INTO quotes_search (rowid, text) VALUES (NEW.id, NEW.text);
END;

CREATE TRIGGER quotes_search_delete AFTER DELETE ON quotes
BEGIN
    INSERT INTO quotes_search (quotes_search, rowid, text) VALUES ('delete', OLD.id, OLD.text);
END;

CREATE TRIGGER quotes_search_update AFTER UPDATE OF id, text ON quotes
BEGIN
    INSERT INTO quotes_search (quotes_search, rowid, text) VALUES ('delete', OLD.id, OLD.text);
    INSERT INTO quotes_search (rowid, text) VALUES (NEW.id, NEW.text);
END;

-- DOWN: bring the column back with its default
-- Every quote comes back in '#general'. Where it was really saved is lost, except in the backup
-- that godwit makes before a step that drops values.
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

-- Leaving channel out of the list gives each row the column's default.
INSERT INTO quotes_new (id, text, author_id, added_by, added_at)
SELECT id, text, author_id, added_by, added_at
FROM quotes;

DROP INDEX quotes_added;
DROP TABLE quotes;

ALTER TABLE quotes_new RENAME TO quotes;

CREATE UNIQUE INDEX quotes_once ON quotes (author_id, text);
CREATE INDEX quotes_channel ON quotes (channel, added_at);

CREATE TRIGGER quotes_search_insert AFTER INSERT ON quotes
BEGIN
    INSERT INTO quotes_search (rowid, text) VALUES (NEW.id, NEW.text);
END;

CREATE TRIGGER quotes_search_delete AFTER DELETE ON quotes
BEGIN
    INSERT INTO quotes_search (quotes_search, rowid, text) VALUES ('delete', OLD.id, OLD.text);
END;

CREATE TRIGGER quotes_search_update AFTER UPDATE OF id, text ON quotes
BEGIN
    INSERT INTO quotes_search (quotes_search, rowid, text) VALUES ('delete', OLD.id, OLD.text);
    INSERT INTO quotes_search (rowid, text) VALUES (NEW.id, NEW.text);
END;
