-- "!find bugs" searches words. LIKE '%bugs%' would read every quote and not find "bug"; the porter
-- tokenizer does.

-- UP: add full-text search over quotes.text

-- The index stores words and not the quotes; it reads them from the table, by id.
CREATE VIRTUAL TABLE quotes_search USING fts5(
    text,
    content = 'quotes', content_rowid = 'id',
    tokenize = 'porter unicode61'
);

-- Indexes the existing quotes. The triggers only index later changes.
INSERT INTO quotes_search (quotes_search) VALUES ('rebuild');

CREATE TRIGGER quotes_search_insert AFTER INSERT ON quotes
BEGIN
    INSERT INTO quotes_search (rowid, text) VALUES (NEW.id, NEW.text);
END;

-- To remove a quote, the index needs its old text.
CREATE TRIGGER quotes_search_delete AFTER DELETE ON quotes
BEGIN
    INSERT INTO quotes_search (quotes_search, rowid, text) VALUES ('delete', OLD.id, OLD.text);
END;

CREATE TRIGGER quotes_search_update AFTER UPDATE OF id, text ON quotes
BEGIN
    INSERT INTO quotes_search (quotes_search, rowid, text) VALUES ('delete', OLD.id, OLD.text);
    INSERT INTO quotes_search (rowid, text) VALUES (NEW.id, NEW.text);
END;

-- DOWN: remove full-text search
-- Nothing is lost: the index can be built from the quotes again. The triggers are dropped first,
-- because they write to the index.
DROP TRIGGER quotes_search_insert;
DROP TRIGGER quotes_search_delete;
DROP TRIGGER quotes_search_update;
DROP TABLE quotes_search;
