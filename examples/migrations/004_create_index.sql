-- Two questions are asked every day: "is this ISBN on our shelves?" and "what does this person
-- have at home?". Each gets an index on a table that is already in use.

-- UP: index books.isbn and the open slips

-- Unique, so it also keeps the same edition from being entered twice. Where duplicates exist
-- already, the statement fails and names the column, and nothing of this migration is kept. Rows
-- without an ISBN are left out: the WHERE clause makes the index small and says what is meant.
CREATE UNIQUE INDEX books_isbn ON books (isbn) WHERE isbn IS NOT NULL;

-- Most slips are closed. Indexing the open ones alone keeps the index as small as the pile of books
-- that are out. A query uses it only if it too says "returned_on IS NULL".
CREATE INDEX lending_slips_out ON lending_slips (borrower) WHERE returned_on IS NULL;

-- DOWN: drop both indexes
-- No row changes in either direction. Duplicate ISBNs can be entered again from here on, and would
-- keep the migration from being applied a second time.
DROP INDEX lending_slips_out;
DROP INDEX books_isbn;
