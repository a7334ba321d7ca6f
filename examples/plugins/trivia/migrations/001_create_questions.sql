-- The questions of a trivia game that runs in a chat.
-- requires: sqlite >= 3.37.0

-- UP: create questions
CREATE TABLE questions (
    id INTEGER PRIMARY KEY,
    category TEXT NOT NULL,
    question TEXT NOT NULL UNIQUE,
    answer TEXT NOT NULL,
    hint TEXT,
    difficulty INTEGER NOT NULL DEFAULT 1 CHECK (difficulty BETWEEN 1 AND 3),
    CHECK (hint <> answer)
) STRICT;

-- A round selects questions of one category and level.
CREATE INDEX questions_category ON questions (category, difficulty);

INSERT INTO questions (id, category, question, answer, hint, difficulty)
VALUES
    (1, 'Nature', 'Which bird flies the longest known non-stop migration?',
     'The bar-tailed godwit', 'It crosses the Pacific', 2),
    (2, 'Nature', 'Which planet of the solar system has the shortest day?',
     'Jupiter', 'It is also the largest', 2),
    (3, 'Nature', 'Which element has the chemical symbol W?',
     'Tungsten', 'Think of its other name, wolfram', 1),
    (4, 'Geography', 'Which river flows through Baghdad?',
     'The Tigris', NULL, 1),
    (5, 'Geography', 'What is the capital of Kazakhstan?',
     'Astana', 'It had another name from 2019 to 2022', 2),
    (6, 'Books', 'Who wrote Middlemarch?',
     'George Eliot', 'A pen name', 1),
    (7, 'Books', 'In which novel does Captain Ahab hunt a whale?',
     'Moby-Dick', NULL, 1);

-- DOWN: drop questions
-- All questions are lost. Those above return when this is applied again.
DROP TABLE questions;
