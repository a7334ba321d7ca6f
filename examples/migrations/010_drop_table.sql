-- Loans have replaced the slips since 008_related_tables, and no slip could be written since. The
-- old table can be dropped.
-- requires: sqlite >= 3.37.0

-- UP: drop lending_slips

-- The last check before the drop, as a constraint: if a slip has no loan, the CHECK and the
-- migration fail. The table with the CHECK is dropped two statements later.
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

-- Its two indexes and three triggers are dropped with it. No other table references it.
DROP TABLE lending_slips;

-- DOWN: write the slips again
-- The table is restored, closed, with one slip for each loan. Loans and members have all data of
-- the slips, so nothing is lost. Loans made since get slips too, with the present names of their
-- members.
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

-- These triggers refuse every write, so they are created after the rows.
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
