-- "!quote #testing" selects a quote by its tag.
-- requires: sqlite >= 3.37.0

-- UP: create tags
CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name = lower(name))
) STRICT;

CREATE TABLE quote_tags (
    quote_id INTEGER NOT NULL REFERENCES quotes (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (quote_id, tag_id)
) STRICT, WITHOUT ROWID;

-- The primary key finds the tags of a quote; this finds the quotes of a tag.
CREATE INDEX quote_tags_tag ON quote_tags (tag_id);

INSERT INTO tags (name)
VALUES ('complexity'), ('history'), ('performance'), ('planning'), ('testing');

WITH first_tags (quote_id, tag) AS (
    VALUES (1, 'complexity'), (2, 'testing'), (3, 'performance'), (4, 'planning'),
           (5, 'history'), (6, 'complexity')
)
INSERT INTO quote_tags (quote_id, tag_id)
SELECT quotes.id, tags.id
FROM first_tags
JOIN quotes ON quotes.id = first_tags.quote_id
JOIN tags ON tags.name = first_tags.tag;

-- DOWN: drop tags
-- The tags of all quotes are lost. The quotes are not changed.
DROP TABLE quote_tags;
DROP TABLE tags;
