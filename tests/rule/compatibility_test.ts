// What a check of files warns of: rows that may violate, keys that are gone, names that change.
// The codes of Atlas's analyzers for SQLite are held against the table in the documentation.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { readPage } from "../docs/pages.ts";

const review = suite("compatibilityFindings()");

const BASE = migrationFile(
  `CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, mail TEXT);
CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people (id), name TEXT);
CREATE INDEX people_mail ON people (mail);`,
  "DROP TABLE pets; DROP TABLE people;",
);

const REQUIRES = "-- requires: sqlite >= 3.35.0";

function rebuild(columns: string, copied = "id, owner, name"): string {
  return `CREATE TABLE p (id INTEGER PRIMARY KEY, ${columns});
INSERT INTO p (id, owner, name) SELECT ${copied} FROM pets;
DROP TABLE pets;
ALTER TABLE p RENAME TO pets;`;
}

const OWNER = "owner INTEGER REFERENCES people (id)";

interface Case {
  readonly up: string;
  /** `code subject line`, without what the base and every DOWN have. */
  readonly expected: readonly string[];
}

// What each code of Atlas is about: https://atlasgo.io/lint/analyzers
const ATLAS: Readonly<Record<string, Case>> = {
  DS102: { up: "DROP TABLE pets;", expected: ["drop-table pets 3"] },
  DS103: {
    up: "ALTER TABLE pets DROP COLUMN name;",
    expected: ["drop-column pets.name 3"],
  },
  MF101: {
    up: "CREATE UNIQUE INDEX people_name ON people (name);",
    expected: ["possible-violation people 3"],
  },
  MF102: {
    up: "DROP INDEX people_mail;\nCREATE UNIQUE INDEX people_mail ON people (mail);",
    expected: ["possible-violation people 4"],
  },
  MF103: {
    up: "ALTER TABLE people ADD COLUMN age INTEGER NOT NULL;",
    expected: ["possible-violation people.age 3"],
  },
  MF104: {
    up: rebuild(`${OWNER}, name TEXT NOT NULL DEFAULT ''`),
    expected: ["possible-violation pets.name 5"],
  },
  BC101: {
    up: "ALTER TABLE pets RENAME TO animals;",
    expected: ["rename-table pets 3"],
  },
  BC102: {
    up: "ALTER TABLE pets RENAME COLUMN name TO called;",
    expected: ["rename-column pets.name 3"],
  },
  CD101: {
    up: rebuild("owner INTEGER, name TEXT"),
    expected: ["lost-foreign-key pets 5"],
  },
  LT101: {
    up: rebuild(`${OWNER}, name TEXT NOT NULL`),
    expected: ["possible-violation pets.name 5"],
  },
};

const OTHERS: Readonly<Record<string, Case>> = {
  "a table whose old name a view takes": {
    up: "ALTER TABLE pets RENAME TO animals;\nCREATE VIEW pets AS SELECT * FROM animals;",
    expected: [],
  },
  "a table whose old name a new one takes": {
    up: "ALTER TABLE people RENAME TO former;\nCREATE TABLE people (id INTEGER PRIMARY KEY);",
    expected: ["stray-reference pets 3"],
  },
  "a unique index on a new table": {
    up: "CREATE TABLE tags (name TEXT);\nCREATE UNIQUE INDEX tag ON tags (name);",
    expected: [],
  },
  "a unique index on what is unique already": {
    up: "CREATE TABLE t (a TEXT UNIQUE, b TEXT);\nCREATE UNIQUE INDEX ab ON t (a, b);",
    expected: [],
  },
  "a UNIQUE constraint of a rebuild": {
    up: rebuild(`${OWNER}, name TEXT UNIQUE`),
    expected: ["possible-violation pets 5"],
  },
  "a rebuild that keeps everything": { up: rebuild(`${OWNER}, name TEXT`), expected: [] },
  "NOT NULL on a column whose NULLs are replaced first": {
    up: `UPDATE pets SET name = '' WHERE name IS NULL;\n${rebuild(`${OWNER}, name TEXT NOT NULL`)}`,
    expected: [],
  },
  "a column with a default": {
    up: "ALTER TABLE people ADD COLUMN age INTEGER NOT NULL DEFAULT 0;",
    expected: [],
  },
  "a foreign key that goes with its column": {
    up: "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT);\n" +
      "INSERT INTO p SELECT id, name FROM pets;\nDROP TABLE pets;\nALTER TABLE p RENAME TO pets;",
    expected: ["drop-column pets.owner 5"],
  },
};

const workspace = new Workspace();

async function found(plugin: string, up: string): Promise<readonly string[]> {
  workspace.write(plugin, {
    "001_base.sql": BASE,
    "002_x.sql": migrationFile(up, "-- none", `${REQUIRES}`),
  });
  const reply = await (await workspace.migrator()).check(plugin);
  const findings = reply.success ? reply.warnings : [...reply.errors, ...reply.warnings];
  return findings.filter(({ code }) => !["no-down", "incomplete-down"].includes(code))
    .map(({ code, subject, line }) => `${code} ${subject} ${line}`);
}

review("the documentation has the ten codes of Atlas, each with what godwit finds", () => {
  const { text } = readPage("docs/guides/PULL_REQUESTS.md");
  const rows = [...text.matchAll(/^\| `([A-Z]{2}\d{3})`\s+\|.*\| `([a-z-]+)`\s+\|$/gm)];
  const documented = Object.fromEntries(rows.map(([, theirs, ours]) => [theirs, ours]));
  const expected = Object.entries(ATLAS).map((
    [theirs, { expected: [line = ""] }],
  ) => [theirs, line.split(" ")[0]]);
  assert.equal(documented, Object.fromEntries(expected));
});

for (const [name, { up, expected }] of Object.entries({ ...ATLAS, ...OTHERS })) {
  const plugin = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  review(`${name}: ${expected.join(", ") || "nothing"}`, async () => {
    assert.equal(await found(plugin, up), expected);
  });
}

review("a run measures its rows, and warns of none of this", async () => {
  workspace.write("run", {
    "001_base.sql": BASE,
    "002_x.sql": migrationFile("ALTER TABLE pets RENAME TO animals;"),
  });
  const reply = await workspace.apply("run");
  assert.equal(reply.warnings.map(({ code }) => code), ["no-down"]);
});

review("a file accepts it", async () => {
  workspace.write("accepting", {
    "001_base.sql": BASE,
    "002_x.sql": migrationFile(
      "ALTER TABLE pets RENAME TO animals;",
      "ALTER TABLE animals RENAME TO pets;",
      "-- accept: rename-table pets because no code uses it yet",
    ),
  });
  const reply = await (await workspace.migrator()).check("accepting");
  assert.ok(reply.success);
  assert.equal(reply.warnings.map(({ level, code }) => `${level} ${code}`), ["INFO rename-table"]);
});

review.after(() => workspace[Symbol.asyncDispose]());
review.run();
