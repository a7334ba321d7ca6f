-- A slip must name a book that exists. SQLite cannot add a foreign key to a table, so the slips are
-- rebuilt with one.
-- requires: sqlite >= 3.37.0

-- UP: reference books from lending_slips.book_id

-- godwit runs foreign_key_check before the commit and refuses a slip without its book. Deleting
-- such slips would lose history, so each missing book gets an entry that a librarian can complete.
INSERT INTO books (id, title, author, times_lent)
SELECT book_id, 'Uncatalogued book ' || book_id, 'Unknown', count(*)
FROM lending_slips
WHERE book_id NOT IN (SELECT id FROM books)
GROUP BY book_id
ORDER BY book_id;

-- RESTRICT: a book with a slip cannot be deleted.
CREATE TABLE lending_slips_new (
    id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE RESTRICT,
    borrower TEXT NOT NULL,
    lent_on TEXT NOT NULL,
    returned_on TEXT
) STRICT;

-- The trigger that counts slips belongs to the old table, so it does not count this copy.
INSERT INTO lending_slips_new (id, book_id, borrower, lent_on, returned_on)
SELECT id, book_id, borrower, lent_on, returned_on
FROM lending_slips;

DROP TABLE lending_slips;

ALTER TABLE lending_slips_new RENAME TO lending_slips;

-- The foreign key needs this index: deleting a book searches its slips.
CREATE INDEX lending_slips_book ON lending_slips (book_id);
CREATE INDEX lending_slips_out ON lending_slips (borrower) WHERE returned_on IS NULL;

-- The trigger was dropped with its table, so it is created again.
CREATE TRIGGER lending_slips_count AFTER INSERT ON lending_slips
BEGIN
    UPDATE books SET times_lent = times_lent + 1 WHERE id = NEW.book_id;
END;

-- DOWN: the same table without the key
-- Every slip is kept unchanged. The entries made above are deleted, except those that have a title
-- by now.
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
