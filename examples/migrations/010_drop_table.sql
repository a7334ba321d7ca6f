-- Loans have replaced the slips since 008_related_tables, and nothing has been able to write a slip
-- since then. The old table can go.
-- requires: sqlite >= 3.37.0

-- UP: drop lending_slips

-- The last look before the drop, as a constraint: where a slip has no loan, the CHECK fails, and
-- the migration with it. The table that carries the CHECK is gone again two statements later.
CREATE TABLE slips_without_loan (
    slips INTEGER NOT NULL,
    CONSTRAINT every_slip_has_a_loan CHECK (slips = 0)
) STRICT;

INSERT INTO slips_without_loan (slips)
SELECT count(*)
FROM lending_slips AS slip
LEFT JOIN loans AS loan ON loan.id = slip.id AND loan.book_id = slip.book_id
WHERE loan.id IS NULL;

DROP TABLE slips_without_loan;

-- Its two indexes and three triggers go with it, and no other table points at it.
DROP TABLE lending_slips;

-- DOWN: write the slips again
-- The table comes back closed, as it was, with one slip for each loan. All that a slip held stands
-- in loans and members, so nothing is missing; loans made since have slips now too, and a member
-- who changed names has the new one on them.
CREATE TABLE lending_slips (
    id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE RESTRICT,
    borrower TEXT NOT NULL,
    lent_on TEXT NOT NULL,
    returned_on TEXT
) STRICT;

INSERT INTO lending_slips (id, book_id, borrower, lent_on, returned_on)
SELECT loan.id, loan.book_id, member.name, loan.lent_on, loan.returned_on
FROM loans AS loan
JOIN members AS member ON member.id = loan.member_id
ORDER BY loan.id;

CREATE INDEX lending_slips_book ON lending_slips (book_id);
CREATE INDEX lending_slips_out ON lending_slips (borrower) WHERE returned_on IS NULL;

-- These refuse every write, so they come after the rows.
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
