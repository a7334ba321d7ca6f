-- Hints were not used for a year, and many gave the answer away. The column is dropped.
-- requires: sqlite >= 3.37.0
-- accept: down-loses-values questions.hint because its values go with the column

-- UP: drop questions.hint

-- The CHECK that compares hint and answer is dropped too, which SQLite's DROP COLUMN cannot do.
CREATE TABLE questions_new (
    id INTEGER PRIMARY KEY,
    category_id INTEGER NOT NULL REFERENCES categories (id) ON DELETE RESTRICT,
    question TEXT NOT NULL UNIQUE,
    answer TEXT NOT NULL,
    difficulty INTEGER NOT NULL DEFAULT 1 CHECK (difficulty BETWEEN 1 AND 3)
) STRICT;

INSERT INTO questions_new (id, category_id, question, answer, difficulty)
SELECT id, category_id, question, answer, difficulty
FROM questions;

DROP TABLE questions;

ALTER TABLE questions_new RENAME TO questions;

CREATE INDEX questions_category ON questions (category_id, difficulty);

-- DOWN: restore the column, empty
-- The column and its CHECK return; the hints are lost, and every row has NULL.
CREATE TABLE questions_new (
    id INTEGER PRIMARY KEY,
    category_id INTEGER NOT NULL REFERENCES categories (id) ON DELETE RESTRICT,
    question TEXT NOT NULL UNIQUE,
    answer TEXT NOT NULL,
    hint TEXT,
    difficulty INTEGER NOT NULL DEFAULT 1 CHECK (difficulty BETWEEN 1 AND 3),
    CHECK (hint <> answer)
) STRICT;

INSERT INTO questions_new (id, category_id, question, answer, hint, difficulty)
SELECT id, category_id, question, answer, NULL, difficulty
FROM questions;

DROP TABLE questions;

ALTER TABLE questions_new RENAME TO questions;

CREATE INDEX questions_category ON questions (category_id, difficulty);
