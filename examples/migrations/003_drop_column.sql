-- Donors do not want their names in the catalogue, so books.donor is dropped.
-- The view popular_books and the trigger lending_slips_count both name the table that is rebuilt
-- here. Neither has to change: godwit's rename does not rewrite them, and it compiles every view
-- and trigger before the commit.
-- accept: down-loses-values books.donor because donors want to be forgotten

-- UP: drop books.donor by rebuilding the table

-- The new table, without the column and with everything else: a constraint or a default that is
-- missing here is silently lost.
CREATE TABLE books_new (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    published TEXT NOT NULL DEFAULT '',
    isbn TEXT,
    blurb TEXT NOT NULL DEFAULT '',
    keywords TEXT NOT NULL DEFAULT '',
    times_lent INTEGER NOT NULL DEFAULT 0 CHECK (times_lent >= 0),
    CHECK (title <> ''),
    CHECK (isbn IS NULL OR length(isbn) = 13)
);

-- Columns are named on both sides. SELECT * would match them by position, and put donors into
-- times_lent. Copying id keeps the references of the slips.
INSERT INTO books_new (id, title, author, published, isbn, blurb, keywords, times_lent)
SELECT id, title, author, published, isbn, blurb, keywords, times_lent
FROM books;

DROP TABLE books;

-- The rename comes last. If the old table were renamed first, views, triggers and foreign keys
-- would follow it.
ALTER TABLE books_new RENAME TO books;

CREATE INDEX books_author ON books (author, title);

-- DOWN: restore the column, empty
-- books.donor returns at its old position, with NULL in every row: the names were dropped on
-- purpose. The backup that godwit made before the drop still has them.
CREATE TABLE books_new (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    published TEXT NOT NULL DEFAULT '',
    isbn TEXT,
    blurb TEXT NOT NULL DEFAULT '',
    keywords TEXT NOT NULL DEFAULT '',
    donor TEXT,
    times_lent INTEGER NOT NULL DEFAULT 0 CHECK (times_lent >= 0),
    CHECK (title <> ''),
    CHECK (isbn IS NULL OR length(isbn) = 13)
);

INSERT INTO books_new (id, title, author, published, isbn, blurb, keywords, donor, times_lent)
SELECT id, title, author, published, isbn, blurb, keywords, NULL, times_lent
FROM books;

DROP TABLE books;

ALTER TABLE books_new RENAME TO books;

CREATE INDEX books_author ON books (author, title);
