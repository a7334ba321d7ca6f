-- Two related changes: the comma-separated keywords become subjects that can be listed and joined,
-- and the texts of a book become searchable.
-- requires: sqlite >= 3.37.0
-- accept: down-loses-values books.keywords because white space around a keyword is not kept

-- UP: split keywords into subjects, drop the column, add full-text search

-- Step 1: cut each list at its commas, one row per keyword. The rows are needed twice below, so
-- they are in a table that is dropped at the end.
CREATE TABLE keyword_parts (
    book_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    keyword TEXT NOT NULL,
    PRIMARY KEY (book_id, position)
) STRICT, WITHOUT ROWID;

-- Each round takes the text before the first comma; the comma appended at the start ends the last
-- keyword. The first row of a book has no keyword yet, and ', ,' has none between its commas.
WITH RECURSIVE parts (book_id, position, keyword, rest) AS (
    SELECT id, 0, '', keywords || ','
    FROM books
    UNION ALL
    SELECT book_id, position + 1,
           trim(substr(rest, 1, instr(rest, ',') - 1)),
           substr(rest, instr(rest, ',') + 1)
    FROM parts
    WHERE rest <> ''
)
INSERT INTO keyword_parts (book_id, position, keyword)
SELECT book_id, position, keyword
FROM parts
WHERE keyword <> '';

-- Step 2: each subject once, and its books with the position in their lists.
CREATE TABLE subjects (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO subjects (name)
SELECT DISTINCT keyword
FROM keyword_parts
ORDER BY keyword;

CREATE TABLE book_subjects (
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    subject_id INTEGER NOT NULL REFERENCES subjects (id) ON DELETE RESTRICT,
    position INTEGER NOT NULL,
    PRIMARY KEY (book_id, subject_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX book_subjects_subject ON book_subjects (subject_id);

-- A keyword that is twice in a list keeps its first position.
INSERT INTO book_subjects (book_id, subject_id, position)
SELECT part.book_id, subject.id, min(part.position)
FROM keyword_parts AS part
JOIN subjects AS subject ON subject.name = part.keyword
GROUP BY part.book_id, subject.id;

DROP TABLE keyword_parts;

-- Step 3: rebuild books without the column. Loans, reservations and book_subjects reference books.
-- With foreign keys on, DROP TABLE first deletes every row: CASCADE would empty the last two, if
-- the RESTRICT of loans did not refuse. godwit switches foreign keys off for the migration and
-- checks them before the commit, so the children are kept.
CREATE TABLE books_new (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    published INTEGER,
    isbn TEXT,
    blurb TEXT NOT NULL DEFAULT '',
    times_lent INTEGER NOT NULL DEFAULT 0 CHECK (times_lent >= 0),
    CHECK (title <> ''),
    CHECK (published BETWEEN 1000 AND 9999),
    CHECK (isbn IS NULL OR length(isbn) = 13)
) STRICT;

INSERT INTO books_new (id, title, author, published, isbn, blurb, times_lent)
SELECT id, title, author, published, isbn, blurb, times_lent
FROM books;

DROP TABLE books;

ALTER TABLE books_new RENAME TO books;

CREATE INDEX books_author ON books (author, title);
CREATE UNIQUE INDEX books_isbn ON books (isbn) WHERE isbn IS NOT NULL;

CREATE VIEW books_by_subject AS
SELECT subjects.name AS subject, books.title, books.author
FROM subjects
JOIN book_subjects ON book_subjects.subject_id = subjects.id
JOIN books ON books.id = book_subjects.book_id;

-- Step 4: search. With external content the index has no copy of the texts and reads them from
-- books by id, so every rebuild must keep the ids.
CREATE VIRTUAL TABLE books_search USING fts5(
    title, author, blurb,
    content = 'books', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);

-- An external-content index starts empty. This reads all rows of books.
INSERT INTO books_search (books_search) VALUES ('rebuild');

-- Triggers must update such an index. To delete a row it needs the exact texts that were inserted,
-- hence the OLD values. INSERT OR REPLACE fires no delete trigger unless recursive_triggers is on,
-- so change books with UPDATE or ON CONFLICT DO UPDATE.
CREATE TRIGGER books_search_insert AFTER INSERT ON books
BEGIN
    INSERT INTO books_search (rowid, title, author, blurb)
    VALUES (NEW.id, NEW.title, NEW.author, NEW.blurb);
END;

CREATE TRIGGER books_search_delete AFTER DELETE ON books
BEGIN
    INSERT INTO books_search (books_search, rowid, title, author, blurb)
    VALUES ('delete', OLD.id, OLD.title, OLD.author, OLD.blurb);
END;

-- Lending changes times_lent; the named columns exclude such updates.
CREATE TRIGGER books_search_update AFTER UPDATE OF id, title, author, blurb ON books
BEGIN
    INSERT INTO books_search (books_search, rowid, title, author, blurb)
    VALUES ('delete', OLD.id, OLD.title, OLD.author, OLD.blurb);
    INSERT INTO books_search (rowid, title, author, blurb)
    VALUES (NEW.id, NEW.title, NEW.author, NEW.blurb);
END;

-- DOWN: join the subjects into keywords again
-- Every list is restored in its order, separated by ', '. Subjects without a book, repeated
-- keywords and other spacing are lost. The search index has no data of its own.

-- The triggers write to the index, so they are dropped first. Dropping the index also drops its
-- shadow tables.
DROP TRIGGER books_search_insert;
DROP TRIGGER books_search_delete;
DROP TRIGGER books_search_update;
DROP TABLE books_search;
DROP VIEW books_by_subject;

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

-- As an aggregate, group_concat joins in any order. As a window function it follows the ORDER BY of
-- its window, which has to reach the end of the list for every row. The limit takes one row per
-- book.
INSERT INTO books_new (id, title, author, published, isbn, blurb, keywords, times_lent)
SELECT id, title, author, published, isbn, blurb,
       coalesce(
           (SELECT group_concat(subjects.name, ', ') OVER (
                       ORDER BY book_subjects.position, subjects.id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                   )
            FROM book_subjects
            JOIN subjects ON subjects.id = book_subjects.subject_id
            WHERE book_subjects.book_id = books.id
            LIMIT 1),
           ''
       ),
       times_lent
FROM books;

DROP TABLE books;

ALTER TABLE books_new RENAME TO books;

CREATE INDEX books_author ON books (author, title);
CREATE UNIQUE INDEX books_isbn ON books (isbn) WHERE isbn IS NOT NULL;

DROP TABLE book_subjects;
DROP TABLE subjects;
