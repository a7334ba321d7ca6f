-- How often was a book lent? Counting slips for every page is slow, so the count moves into a
-- column, which a trigger updates and a view shows.

-- UP: add books.times_lent

-- A NOT NULL column can only be added with a constant default: the rows that exist need a value,
-- and SQLite does not rewrite them. The CHECK is tested on those rows at once.
ALTER TABLE books ADD COLUMN times_lent INTEGER NOT NULL DEFAULT 0 CHECK (times_lent >= 0);

-- Replace the default by the number of slips.
UPDATE books
SET times_lent = (SELECT count(*) FROM lending_slips WHERE lending_slips.book_id = books.id);

-- Created after the UPDATE, so that no slip is counted twice.
CREATE TRIGGER lending_slips_count AFTER INSERT ON lending_slips
BEGIN
    UPDATE books SET times_lent = times_lent + 1 WHERE id = NEW.book_id;
END;

CREATE VIEW popular_books AS
SELECT id, title, author, times_lent
FROM books
WHERE times_lent > 0
ORDER BY times_lent DESC, title;

-- DOWN: remove books.times_lent
-- Restores the table. The counts are not kept, because applying this migration again counts the
-- slips again.

-- The trigger and the view read the column, so they are dropped first.
DROP TRIGGER lending_slips_count;
DROP VIEW popular_books;

-- ALTER TABLE ... DROP COLUMN needs SQLite 3.35, and other programs may open this database.
-- Rebuilding the table works everywhere: create the new table, copy by column name, drop the old
-- table, rename.
CREATE TABLE books_new (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    published TEXT NOT NULL DEFAULT '',
    isbn TEXT,
    blurb TEXT NOT NULL DEFAULT '',
    keywords TEXT NOT NULL DEFAULT '',
    donor TEXT,
    CHECK (title <> ''),
    CHECK (isbn IS NULL OR length(isbn) = 13)
);

INSERT INTO books_new (id, title, author, published, isbn, blurb, keywords, donor)
SELECT id, title, author, published, isbn, blurb, keywords, donor
FROM books;

DROP TABLE books;

ALTER TABLE books_new RENAME TO books;

-- The index was dropped with the old table.
CREATE INDEX books_author ON books (author, title);
