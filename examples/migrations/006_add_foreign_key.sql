-- A slip must name a book that exists. SQLite cannot add a foreign key to a table, so the slips are
-- rebuilt with one.
-- requires: sqlite >= 3.37.0

-- UP: tie lending_slips.book_id to books

-- godwit runs foreign_key_check before it commits and refuses a slip without its book. Deleting
-- such slips would lose history, so each missing book gets an entry that a librarian can complete.
INSERT INTO books (id, title, author, times_lent)
SELECT book_id, 'Uncatalogued book ' || book_id, 'Unknown', count(*)
FROM lending_slips
WHERE book_id NOT IN (SELECT id FROM books)
GROUP BY book_id
ORDER BY book_id;

-- RESTRICT: a book that was ever lent stays in the catalogue.
CREATE TABLE lending_slips_new (
    id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE RESTRICT,
    borrower TEXT NOT NULL,
    lent_on TEXT NOT NULL,
    returned_on TEXT
) STRICT;

-- The trigger that counts slips belongs to the old table, so this copy counts nothing.
INSERT INTO lending_slips_new (id, book_id, borrower, lent_on, returned_on)
SELECT id, book_id, borrower, lent_on, returned_on
FROM lending_slips;

DROP TABLE lending_slips;

ALTER TABLE lending_slips_new RENAME TO lending_slips;

-- The foreign key makes this index necessary: deleting a book looks for its slips.
CREATE INDEX lending_slips_book ON lending_slips (book_id);
CREATE INDEX lending_slips_out ON lending_slips (borrower) WHERE returned_on IS NULL;

-- Triggers are dropped with their table, and the counting has to go on.
CREATE TRIGGER lending_slips_count AFTER INSERT ON lending_slips
BEGIN
    UPDATE books SET times_lent = times_lent + 1 WHERE id = NEW.book_id;
END;

-- DOWN: the same table without the key
-- Every slip comes back unchanged. Entries made above go again if nobody has completed them; a book
-- that has been given its title since is kept.
CREATE TABLE lending_slips_new (
    id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL,
    borrower TEXT NOT NULL,
    lent_on TEXT NOT NULL,
    returned_on TEXT
);

INSERT INTO lending_slips_new (id, book_id, borrower, lent_on, returned_on)
SELECT id, book_id, borrower, lent_on, returned_on
FROM lending_slips;

DROP TABLE lending_slips;

ALTER TABLE lending_slips_new RENAME TO lending_slips;

CREATE INDEX lending_slips_book ON lending_slips (book_id);
CREATE INDEX lending_slips_out ON lending_slips (borrower) WHERE returned_on IS NULL;

CREATE TRIGGER lending_slips_count AFTER INSERT ON lending_slips
BEGIN
    UPDATE books SET times_lent = times_lent + 1 WHERE id = NEW.book_id;
END;

DELETE FROM books
WHERE title = 'Uncatalogued book ' || id AND author = 'Unknown';
