-- What the bot runs for its commands. "godwit check" prepares each statement after every migration,
-- so that none is broken by a file that is applied while the bot runs.

-- !quote <number>
SELECT quotes.text, authors.name AS author
FROM quotes
JOIN authors ON authors.id = quotes.author_id
WHERE quotes.id = :id;

-- !addquote <author>: <text>
INSERT INTO authors (name) VALUES (:author) ON CONFLICT (name) DO NOTHING;
INSERT INTO quotes (text, author_id, added_by, added_at)
SELECT :text, id, :added_by, strftime('%Y-%m-%dT%H:%M:%SZ')
FROM authors
WHERE name = :author
RETURNING id;

-- !find <words>
SELECT rowid AS id, text FROM quotes_search WHERE quotes_search MATCH :words ORDER BY rank LIMIT 3;

-- !up <number>, !down <number>
INSERT INTO votes (quote_id, voter, value) VALUES (:id, :voter, :value)
ON CONFLICT (quote_id, voter) DO UPDATE SET value = excluded.value;

-- !top
SELECT quote_id, text, score FROM quote_scores ORDER BY score DESC, quote_id LIMIT 5;
