-- Two frequent queries: whether an ISBN is on the shelves, and which books a person has borrowed.
-- Each gets an index on a table that is already in use.

-- UP: index books.isbn and the open slips

-- Unique, so the same edition cannot be entered twice. If duplicates exist already, the statement
-- fails and names the column, and the migration is undone. The WHERE clause leaves out rows without
-- an ISBN, which makes the index small.
CREATE UNIQUE INDEX books_isbn ON books (isbn) WHERE isbn IS NOT NULL;

-- Most slips are closed. An index of the open ones alone is small. A query uses it only if it has
-- the same condition, "returned_on IS NULL".
CREATE INDEX lending_slips_out ON lending_slips (borrower) WHERE returned_on IS NULL;

-- DOWN: drop both indexes
-- No row changes in either direction. Afterwards duplicate ISBNs can be entered again, and a second
-- UP would then fail.
DROP INDEX lending_slips_out;
DROP INDEX books_isbn;
