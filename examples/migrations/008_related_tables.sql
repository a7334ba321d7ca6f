-- A borrower is more than a name on a slip: people have an address and reserve books. Members,
-- loans and reservations replace the slips, whose rows are moved. The old table is closed and not
-- dropped, so that there is time to check that nothing is missing.
-- requires: sqlite >= 3.37.0

-- UP: create members, loans and reservations

-- Parents before children: SQLite does not need this order, but it is easier to read.
CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    email TEXT CHECK (email LIKE '%_@_%'),
    joined_on TEXT NOT NULL CHECK (joined_on IS date(joined_on))
) STRICT;

-- "IS date(...)" refuses everything that is not a valid date in the form year, month, day.
CREATE TABLE loans (
    id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE RESTRICT,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE RESTRICT,
    lent_on TEXT NOT NULL CHECK (lent_on IS date(lent_on)),
    due_on TEXT NOT NULL CHECK (due_on IS date(due_on)),
    returned_on TEXT CHECK (returned_on IS date(returned_on)),
    CHECK (due_on >= lent_on),
    CHECK (returned_on >= lent_on)
) STRICT;

-- One index per foreign key, or each deletion of a parent reads the whole table.
CREATE INDEX loans_book ON loans (book_id);
CREATE INDEX loans_member ON loans (member_id);

-- There is one copy of each book, so it can be out only once.
CREATE UNIQUE INDEX loans_out ON loans (book_id) WHERE returned_on IS NULL;

-- The pair is the key, so the table needs no rowid. A reservation is deleted with its book or its
-- member.
CREATE TABLE reservations (
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    reserved_on TEXT NOT NULL CHECK (reserved_on IS date(reserved_on)),
    PRIMARY KEY (book_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reservations_member ON reservations (member_id);

-- One member for each name, because the slips have nothing else. ORDER BY gives a member the same
-- id whenever this is applied.
INSERT INTO members (name, joined_on)
SELECT borrower, min(lent_on)
FROM lending_slips
GROUP BY borrower
ORDER BY min(lent_on), borrower;

UPDATE members SET email = 'amara.okafor@example.org' WHERE name = 'Amara Okafor';
UPDATE members SET email = 'ines.vogel@example.org' WHERE name = 'Ines Vogel';

-- A loan keeps the number of its slip, to compare the two before the slips are dropped. A slip with
-- an invalid date fails at the CHECK above.
INSERT INTO loans (id, book_id, member_id, lent_on, due_on, returned_on)
SELECT slip.id, slip.book_id, member.id, slip.lent_on, date(slip.lent_on, '+21 days'),
       slip.returned_on
FROM lending_slips AS slip
JOIN members AS member ON member.name = slip.borrower
ORDER BY slip.id;

-- Ids are looked up by name and title. A reservation for a missing book inserts nothing.
WITH wishes (isbn, name, reserved_on) AS (
    VALUES ('9780618249060', 'Tomás Herrera', '2024-03-05'),
           ('9780441478125', 'Amara Okafor', '2024-03-12')
)
INSERT INTO reservations (book_id, member_id, reserved_on)
SELECT book.id, member.id, wishes.reserved_on
FROM wishes
JOIN books AS book ON book.isbn = wishes.isbn
JOIN members AS member ON member.name = wishes.name;

-- From here on loans are counted. Created after the copy, because those loans are counted already.
DROP TRIGGER lending_slips_count;

CREATE TRIGGER loans_count AFTER INSERT ON loans
BEGIN
    UPDATE books SET times_lent = times_lent + 1 WHERE id = NEW.book_id;
END;

-- Code that still writes slips gets an error, because no code reads them any more. A trigger is for
-- one kind of write, hence three.
CREATE TRIGGER lending_slips_no_insert BEFORE INSERT ON lending_slips
BEGIN
    SELECT RAISE(ABORT, 'lending_slips is closed; write to loans');
END;

CREATE TRIGGER lending_slips_no_update BEFORE UPDATE ON lending_slips
BEGIN
    SELECT RAISE(ABORT, 'lending_slips is closed; write to loans');
END;

CREATE TRIGGER lending_slips_no_delete BEFORE DELETE ON lending_slips
BEGIN
    SELECT RAISE(ABORT, 'lending_slips is closed; write to loans');
END;

CREATE VIEW books_out AS
SELECT loans.id AS loan_id, books.title, members.name AS borrower, loans.due_on
FROM loans
JOIN books ON books.id = loans.book_id
JOIN members ON members.id = loans.member_id
WHERE loans.returned_on IS NULL;

-- DOWN: go back to slips
-- Loans and returns since then are written back as slips, so the lending history is complete. Email
-- addresses, due dates, reservations and members without a loan have no columns there and are
-- lost.
DROP TRIGGER lending_slips_no_insert;
DROP TRIGGER lending_slips_no_update;
DROP TRIGGER lending_slips_no_delete;

-- With "WHERE true" the parser reads ON as the conflict clause and not as a join condition.
INSERT INTO lending_slips (id, book_id, borrower, lent_on, returned_on)
SELECT loan.id, loan.book_id, member.name, loan.lent_on, loan.returned_on
FROM loans AS loan
JOIN members AS member ON member.id = loan.member_id
WHERE true
ON CONFLICT (id) DO UPDATE SET returned_on = excluded.returned_on;

-- Created after the slips are written, because those loans are counted already.
CREATE TRIGGER lending_slips_count AFTER INSERT ON lending_slips
BEGIN
    UPDATE books SET times_lent = times_lent + 1 WHERE id = NEW.book_id;
END;

-- Children before parents; loans_count is dropped with loans.
DROP VIEW books_out;
DROP TABLE reservations;
DROP TABLE loans;
DROP TABLE members;
