// The plugin of the demo, as texts: a package has no files beside its modules. Pure.

/** Its name. */
export const PLUGIN = "quotes";

/** The files that it begins with, by name. */
export const FIRST_FILES: ReadonlyMap<string, string> = new Map([
  [
    "001_create_quotes.sql",
    `-- UP
CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    author TEXT NOT NULL
);
INSERT INTO quotes (id, text, author) VALUES
    (1, 'Simplicity is prerequisite for reliability.', 'Edsger W. Dijkstra'),
    (2, 'Premature optimization is the root of all evil.', 'Donald E. Knuth'),
    (3, 'Controlling complexity is the essence of computer programming.', 'Brian W. Kernighan');

-- DOWN
DROP TABLE quotes;
`,
  ],
  [
    "002_create_votes.sql",
    `-- UP
CREATE TABLE votes (
    quote_id INTEGER NOT NULL REFERENCES quotes (id) ON DELETE CASCADE,
    voter TEXT NOT NULL,
    PRIMARY KEY (quote_id, voter)
);
INSERT INTO votes VALUES (1, 'jonas'), (2, 'jonas'), (2, 'leila'), (2, 'mira'), (3, 'mira');

-- DOWN
DROP TABLE votes;
`,
  ],
]);

/** The file that the demo adds. */
export const LAST_FILE = "003_delete_knuth.sql";

/** It does not say what becomes of the votes, so it is refused. */
export const CARELESS_FILE = `-- UP
DELETE FROM quotes WHERE author = 'Donald E. Knuth';

-- DOWN
INSERT INTO quotes (id, text, author) VALUES
    (2, 'Premature optimization is the root of all evil.', 'Donald E. Knuth');
`;

/** The same, with the foreign key's action. */
export const CAREFUL_FILE = `-- foreign-keys: on
${CARELESS_FILE}`;
