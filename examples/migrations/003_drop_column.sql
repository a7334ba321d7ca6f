-- Donors asked that their names no longer stand in the catalogue, so books.donor goes.
-- The view popular_books and the trigger lending_slips_count both name the table that is rebuilt
-- here. They stay as they are: godwit renames in a way that leaves them alone, and compiles every
-- view and trigger before it commits.

-- UP: drop books.donor by rebuilding the table

-- The new shape, without the column and with everything else: a constraint or a default that is
-- forgotten here is lost without a word.
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

-- Columns are named on both sides. SELECT * would pair them by position, and put donors into
-- times_lent. Copying id keeps every slip on its own book.
INSERT INTO books_new (id, title, author, published, isbn, blurb, keywords, times_lent)
SELECT id, title, author, published, isbn, blurb, keywords, times_lent
FROM books;

DROP TABLE books;

-- The new table takes the old name last. Renaming the old one out of the way first would make
-- views, triggers and foreign keys follow it.
ALTER TABLE books_new RENAME TO books;

CREATE INDEX books_author ON books (author, title);

-- DOWN: bring the column back, empty
-- books.donor returns in its old place. The names do not: forgetting them was the purpose, and
-- every row holds NULL. A backup that godwit made before the drop still has them.
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
