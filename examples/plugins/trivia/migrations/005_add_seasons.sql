-- A new season begins every January: each score belongs to a season, and each season has its own
-- leaderboard.
-- requires: sqlite >= 3.37.0

-- UP: add scores.season and rank within it

-- 2024 was the first season, which makes it the default that a NOT NULL column needs. The bot
-- always writes the season.
ALTER TABLE scores ADD COLUMN season INTEGER NOT NULL DEFAULT 2024 CHECK (season >= 2024);

UPDATE scores
SET season = CAST(strftime('%Y', answered_at) AS INTEGER);

CREATE INDEX scores_season ON scores (season, player);

-- A view cannot be altered, only dropped and created again. It has no rows of its own to lose.
DROP VIEW leaderboard;

CREATE VIEW leaderboard AS
SELECT season, rank() OVER (PARTITION BY season ORDER BY sum(points) DESC) AS place,
       player, sum(points) AS points, count(*) AS answers
FROM scores
GROUP BY season, player
ORDER BY season DESC, place, player;

-- DOWN: one leaderboard for all time
-- Every score is kept. A season that was not the year of the answer is lost; applying this again
-- computes seasons from the dates.
DROP VIEW leaderboard;

CREATE TABLE scores_new (
    id INTEGER PRIMARY KEY,
    player TEXT NOT NULL,
    question_id INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    points INTEGER NOT NULL CHECK (points BETWEEN 0 AND 30),
    answered_at TEXT NOT NULL,
    UNIQUE (player, question_id)
) STRICT;

INSERT INTO scores_new (id, player, question_id, points, answered_at)
SELECT id, player, question_id, points, answered_at
FROM scores;

-- Dropped by name, so that godwit does not report it as lost in the rebuild.
DROP INDEX scores_season;
DROP TABLE scores;

ALTER TABLE scores_new RENAME TO scores;

CREATE INDEX scores_question ON scores (question_id);

CREATE VIEW leaderboard AS
SELECT player, sum(points) AS points, count(*) AS answers
FROM scores
GROUP BY player
ORDER BY sum(points) DESC, player;
