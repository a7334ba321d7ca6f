-- The quotes that people save in a chat with "!addquote".
-- requires: sqlite >= 3.37.0

-- UP: create quotes
CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    author TEXT NOT NULL DEFAULT 'Unknown',
    channel TEXT NOT NULL DEFAULT '#general',
    added_by TEXT NOT NULL,
    added_at TEXT NOT NULL,
    CHECK (text <> ''),
    CHECK (channel LIKE '#_%')
) STRICT;

-- The same words by the same author are one quote.
CREATE UNIQUE INDEX quotes_once ON quotes (author, text);

-- For "!lastquote", which shows the newest quote of its channel.
CREATE INDEX quotes_channel ON quotes (channel, added_at);

INSERT INTO quotes (id, text, author, channel, added_by, added_at)
VALUES
    (1, 'Simplicity is prerequisite for reliability.',
     'Edsger W. Dijkstra', '#general', 'mira', '2024-04-02T18:20:11Z'),
    (2,
     'Program testing can be used to show the presence of bugs, but never to show their absence!',
     'Edsger W. Dijkstra', '#testing', 'jonas', '2024-04-02T19:05:40Z'),
    (3, 'Premature optimization is the root of all evil.',
     'Donald E. Knuth', '#general', 'jonas', '2024-04-09T07:31:02Z'),
    (4, 'Adding manpower to a late software project makes it later.',
     'Frederick P. Brooks', '#planning', 'leila', '2024-04-11T12:00:59Z'),
    (5, 'The Analytical Engine has no pretensions whatever to originate anything.',
     'Ada Lovelace', '#general', 'mira', '2024-05-20T09:14:27Z'),
    (6, 'Controlling complexity is the essence of computer programming.',
     'Brian W. Kernighan', '#general', 'leila', '2024-06-01T20:45:13Z');

-- DOWN: drop quotes
-- All quotes are lost. Those above return when this is applied again.
DROP TABLE quotes;
