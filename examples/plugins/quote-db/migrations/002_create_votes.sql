-- "!up 3" and "!down 3": one vote for each person and quote.
-- requires: sqlite >= 3.37.0

-- UP: create votes and a view of the scores

-- The primary key allows one vote for each person and quote. The bot turns the conflict of a second
-- vote into an update.
CREATE TABLE votes (
    quote_id INTEGER NOT NULL REFERENCES quotes (id) ON DELETE CASCADE,
    voter TEXT NOT NULL,
    value INTEGER NOT NULL CHECK (value IN (-1, 1)),
    PRIMARY KEY (quote_id, voter)
) STRICT, WITHOUT ROWID;

-- One of the first quotes may be deleted by now. Its votes are left out, because a vote needs its
-- quote.
WITH first_votes (quote_id, voter, value) AS (
    VALUES (1, 'jonas', 1), (1, 'leila', 1), (2, 'mira', 1), (3, 'leila', -1),
           (3, 'mira', 1), (4, 'jonas', 1), (4, 'mira', 1), (5, 'jonas', 1)
)
INSERT INTO votes (quote_id, voter, value)
SELECT quote_id, voter, value
FROM first_votes
WHERE quote_id IN (SELECT id FROM quotes);

-- The outer join keeps quotes without a vote in the list, with a score of 0.
CREATE VIEW quote_scores AS
SELECT quotes.id AS quote_id, quotes.text, coalesce(sum(votes.value), 0) AS score
FROM quotes
LEFT JOIN votes ON votes.quote_id = quotes.id
GROUP BY quotes.id;

-- DOWN: drop votes and the view
-- All votes are lost; they are not stored elsewhere.
DROP VIEW quote_scores;
DROP TABLE votes;
