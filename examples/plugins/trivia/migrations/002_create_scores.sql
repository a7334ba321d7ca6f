-- The answers of players, with their points.
-- requires: sqlite >= 3.37.0

-- UP: create scores and the leaderboard
CREATE TABLE scores (
    id INTEGER PRIMARY KEY,
    player TEXT NOT NULL,
    question_id INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    points INTEGER NOT NULL CHECK (points BETWEEN 0 AND 30),
    answered_at TEXT NOT NULL,
    UNIQUE (player, question_id)
) STRICT;

-- The foreign key searches scores by question; the UNIQUE constraint begins with the player.
CREATE INDEX scores_question ON scores (question_id);

-- A score whose question is deleted by now is left out.
WITH first_scores (id, player, question_id, points, answered_at) AS (
    VALUES (1, 'noor', 1, 20, '2024-11-08T20:01:10Z'),
           (2, 'felix', 3, 10, '2024-11-08T20:02:45Z'),
           (3, 'noor', 4, 10, '2024-11-08T20:04:02Z'),
           (4, 'sade', 6, 10, '2024-11-15T20:00:37Z'),
           (5, 'felix', 1, 0, '2024-11-15T20:03:51Z'),
           (6, 'sade', 2, 20, '2025-01-10T20:01:29Z'),
           (7, 'noor', 7, 10, '2025-01-10T20:05:08Z'),
           (8, 'felix', 5, 20, '2025-01-17T20:02:16Z')
)
INSERT INTO scores (id, player, question_id, points, answered_at)
SELECT id, player, question_id, points, answered_at
FROM first_scores
WHERE question_id IN (SELECT id FROM questions);

CREATE VIEW leaderboard AS
SELECT player, sum(points) AS points, count(*) AS answers
FROM scores
GROUP BY player
ORDER BY sum(points) DESC, player;

-- DOWN: drop scores and the leaderboard
-- All scores are lost; they are not stored elsewhere.
DROP VIEW leaderboard;
DROP TABLE scores;
