-- Quotes belong to the whole server now, so their channel is dropped. An index and a CHECK use the
-- column, so SQLite's DROP COLUMN would refuse.
-- requires: sqlite >= 3.37.0
-- accept: down-loses-values quotes.channel because its values go with the column

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

-- Dropped by name, so that godwit does not report it as lost in the rebuild.
DROP INDEX quotes_channel;
DROP TABLE quotes;

ALTER TABLE quotes_new RENAME TO quotes;

-- "!lastquote" searches all quotes from here on.
CREATE UNIQUE INDEX quotes_once ON quotes (author_id, text);
CREATE INDEX quotes_added ON quotes (added_at);

-- The search index finds its rows by table name and id, both of which are the same again, so it
-- needs no rebuild. The triggers were dropped with the old table.
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

-- DOWN: restore the column with its default
-- Every quote gets the channel '#general'. The real channels are only in the backup that godwit
-- makes before a step that drops values.
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

-- The list omits channel, so each row gets its default.
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
