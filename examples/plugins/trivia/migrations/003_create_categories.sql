-- Categories get a table, so that misspelt ones are refused and each can have an icon.
-- requires: sqlite >= 3.37.0

-- UP: move categories into a table of their own
CREATE TABLE categories (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    icon TEXT NOT NULL DEFAULT '❓'
) STRICT;

INSERT INTO categories (name)
SELECT DISTINCT category
FROM questions
ORDER BY category;

UPDATE categories
SET icon = CASE name
               WHEN 'Books' THEN '📚'
               WHEN 'Geography' THEN '🌍'
               WHEN 'Nature' THEN '🐦'
               ELSE icon
           END;

-- Every score references a question with ON DELETE CASCADE. Dropping the old table does not delete
-- them, because godwit runs a migration with foreign keys off.
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
SELECT questions.id, categories.id, questions.question, questions.answer, questions.hint,
       questions.difficulty
FROM questions
JOIN categories ON categories.name = questions.category;

DROP TABLE questions;

ALTER TABLE questions_new RENAME TO questions;

CREATE INDEX questions_category ON questions (category_id, difficulty);

-- DOWN: write the names into the questions again
-- Every question gets the present name of its category. Icons and empty categories are lost.
CREATE TABLE questions_new (
    id INTEGER PRIMARY KEY,
    category TEXT NOT NULL,
    question TEXT NOT NULL UNIQUE,
    answer TEXT NOT NULL,
    hint TEXT,
    difficulty INTEGER NOT NULL DEFAULT 1 CHECK (difficulty BETWEEN 1 AND 3),
    CHECK (hint <> answer)
) STRICT;

INSERT INTO questions_new (id, category, question, answer, hint, difficulty)
SELECT questions.id, categories.name, questions.question, questions.answer, questions.hint,
       questions.difficulty
FROM questions
JOIN categories ON categories.id = questions.category_id;

DROP TABLE questions;

ALTER TABLE questions_new RENAME TO questions;

CREATE INDEX questions_category ON questions (category, difficulty);

DROP TABLE categories;
