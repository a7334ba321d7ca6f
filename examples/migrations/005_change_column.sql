-- Years are numbers: "published" becomes an INTEGER, and "not known" becomes NULL instead of ''.
-- The table becomes STRICT as well; in any other table the type of a column is only a hint, and
-- the column would still accept text.
-- requires: sqlite >= 3.37.0

-- UP: change books.published from TEXT to INTEGER
CREATE TABLE books_new (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    published INTEGER,
    isbn TEXT,
    blurb TEXT NOT NULL DEFAULT '',
    keywords TEXT NOT NULL DEFAULT '',
    times_lent INTEGER NOT NULL DEFAULT 0 CHECK (times_lent >= 0),
    CHECK (title <> ''),
    CHECK (published BETWEEN 1000 AND 9999),
    CHECK (isbn IS NULL OR length(isbn) = 13)
) STRICT;

-- There is no CAST here on purpose. CAST('c. 1600' AS INTEGER) is 0, and the note would be lost. A
-- STRICT column stores '1813' as 1813 and refuses 'c. 1600', so the migration fails instead.
INSERT INTO books_new (id, title, author, published, isbn, blurb, keywords, times_lent)
SELECT id, title, author, nullif(published, ''), isbn, blurb, keywords, times_lent
FROM books;

DROP TABLE books;

ALTER TABLE books_new RENAME TO books;

-- Both indexes are created again. Without books_isbn, queries would be slow and duplicates
-- possible.
CREATE INDEX books_author ON books (author, title);
CREATE UNIQUE INDEX books_isbn ON books (isbn) WHERE isbn IS NOT NULL;

-- DOWN: change books.published back to TEXT
-- Every year becomes text again, and NULL becomes ''. Only unusual spelling is lost: ' 1813'
-- returns as '1813'.
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

INSERT INTO books_new (id, title, author, published, isbn, blurb, keywords, times_lent)
SELECT id, title, author, coalesce(published, ''), isbn, blurb, keywords, times_lent
FROM books;

DROP TABLE books;

ALTER TABLE books_new RENAME TO books;

CREATE INDEX books_author ON books (author, title);
CREATE UNIQUE INDEX books_isbn ON books (isbn) WHERE isbn IS NOT NULL;
