// parseMigration(): what a migration file may look like, and what is said of one that does not.

import * as assert from "uvu/assert";
import type { Finding } from "../../lib/finding/finding.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import { MAX_FILE_BYTES, parseMigration } from "../../lib/migration/parse_migration.ts";
import { migrationFile } from "../support/migration_file.ts";
import { forAll, type Random } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const parsing = suite("parseMigration()");

const FILE = "001_create.sql";

async function parsed(content: string | Uint8Array, file = FILE): Promise<Migration> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const result = await parseMigration(file, bytes);
  if (result.ok) return result.migration;
  throw new Error(result.findings.map(({ message }) => message).join("; "));
}

async function refused(content: string | Uint8Array, file = FILE): Promise<readonly Finding[]> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const result = await parseMigration(file, bytes);
  if (!result.ok) return result.findings;
  throw new Error("The file was accepted");
}

/** Findings as `code line`, which is what a person looks for. */
async function problems(content: string | Uint8Array, file = FILE): Promise<readonly string[]> {
  return (await refused(content, file)).map(({ code, level, position }) => {
    assert.is(level, "ERROR");
    return `${code} ${position?.line ?? "-"}`;
  });
}

parsing("reads sections, version, name and the lines they begin on", async () => {
  const migration = await parsed("-- a note\n\n-- UP\nSELECT 1;\n\n-- DOWN\nSELECT 2;\n");
  assert.is(migration.version, 1);
  assert.is(migration.name, "create");
  assert.equal(migration.up, { sql: "SELECT 1;\n", line: 4 });
  assert.equal(migration.down, { sql: "SELECT 2;\n", line: 7 });
  assert.is(migration.requires, null);
});

parsing(
  "takes the markers in any case, with optional spaces and a text after a colon",
  async () => {
    for (
      const [up, down] of [
        ["-- UP", "-- DOWN"],
        ["--up", "--down"],
        ["  --\tUp  ", "-- dOWN   "],
        ["-- UP: create the tables", "-- DOWN : drop them again"],
      ]
    ) {
      const migration = await parsed(`${up}\nSELECT 1;\n${down}\nSELECT 2;`);
      assert.is(migration.up.sql, "SELECT 1;");
      assert.is(migration.down.sql, "SELECT 2;");
    }
  },
);

parsing("does not take a sentence about UP for a marker", async () => {
  const migration = await parsed(
    "-- UP\n-- upper case is fine\n-- DOWN is below\n-- UP and away\nSELECT 1;\n-- DOWN\n",
  );
  assert.is(migration.up.line, 2);
  assert.match(migration.up.sql, "UP and away");
});

const INSIDE: readonly (readonly [what: string, sql: string])[] = [
  ["a text", "INSERT INTO t VALUES ('first\n-- DOWN\n-- UP\nlast');"],
  ["a text with quotes", "INSERT INTO t VALUES ('it''s\n-- DOWN\n''done''');"],
  ["a quoted name", 'SELECT 1 AS "a\n-- DOWN\nb", 2 AS [c\n-- UP\nd], 3 AS `e\n-- UP\nf`;'],
  ["a block comment", "/* one\n-- DOWN\n*/ SELECT 1;"],
  ["a list of columns", "CREATE TABLE votes (\n-- up\nups INTEGER,\n  -- down\ndowns INTEGER\n);"],
  [
    "the body of a trigger",
    "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN\n-- DOWN\nSELECT CASE WHEN 1 THEN 2 END;\n" +
    "-- UP\nDELETE FROM t;\nEND;",
  ],
];
for (const [what, sql] of INSIDE) {
  parsing(`a line in ${what} that reads like a marker is part of the SQL`, async () => {
    const migration = await parsed(`-- UP\n${sql}\n-- DOWN\nDROP TABLE t;`);
    assert.is(migration.up.sql, sql);
    assert.is(migration.down.sql, "DROP TABLE t;");
  });
}

parsing("a statement before a marker needs no semicolon, be it a trigger", async () => {
  const trigger = "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END";
  const migration = await parsed(`-- UP\n${trigger}\n-- DOWN\nDROP TRIGGER g`);
  assert.is(migration.up.sql, trigger);
});

parsing("a text or a parenthesis without an end hides no marker: SQLite says more", async () => {
  for (const sql of ["SELECT 'open;", "CREATE TABLE t (a, b", 'SELECT "open', "SELECT [a"]) {
    const migration = await parsed(`-- UP\n${sql}\n-- DOWN\nDROP TABLE t;`);
    assert.is(migration.up.sql, sql);
  }
});

parsing("reads whether actions of foreign keys are meant to fire", async () => {
  const read = async (line: string): Promise<unknown> =>
    (await parsed(`${line}\n-- UP\nSELECT 1;\n-- DOWN\n`)).foreignKeys;
  assert.is(await read("-- foreign-keys: on"), "on");
  assert.is(await read("--Foreign-Keys : OFF "), "off");
  assert.is(await read("-- keys: on"), null);
  for (const line of ["-- foreign-keys: yes", "-- foreign_keys: on", "-- foreign-key: on"]) {
    assert.equal(await problems(`${line}\n-- UP\nSELECT 1;\n-- DOWN\n`), ["directive 1"], line);
  }
  assert.equal(
    await problems("-- foreign-keys: on\n-- foreign-keys: on\n-- UP\n-- DOWN\n"),
    ["directive 2"],
  );
});

parsing("takes an empty DOWN section: the migration is irreversible", async () => {
  assert.is((await parsed("-- UP\nSELECT 1;\n-- DOWN")).down.sql, "");
});

parsing("refuses a file that is empty or blank", async () => {
  assert.equal(await problems(""), ["empty-file 1"]);
  assert.equal(await problems(" \n\t\r\n"), ["empty-file 1"]);
});

parsing("refuses a file without markers, and says which are missing", async () => {
  assert.equal(await problems("SELECT 1;"), ["marker-missing 1", "marker-missing 1"]);
  assert.equal(await problems("-- UP\nSELECT 1;"), ["marker-missing 1"]);
  const [finding] = await refused("-- DOWN\nSELECT 1;");
  assert.match(finding?.message ?? "", '"-- UP" line is missing');
});

parsing("refuses a marker that stands twice, at the line of the second", async () => {
  assert.equal(await problems("-- UP\nSELECT 1;\n-- UP\n-- DOWN\n"), ["marker-repeated 3"]);
  assert.equal(await problems("-- UP\n-- DOWN\nSELECT 1;\n-- down\n"), ["marker-repeated 4"]);
});

parsing("refuses DOWN before UP", async () => {
  assert.equal(await problems("-- DOWN\nSELECT 1;\n-- UP\nSELECT 2;"), ["marker-order 1"]);
});

parsing("refuses SQL before UP, at its line, but not comments", async () => {
  assert.equal(await problems("-- hello\n\nSELECT 1;\n-- UP\n-- DOWN\n"), ["sql-before-up 3"]);
  await parsed("/* a\n block */\n-- a line\n-- UP\nSELECT 1;\n-- DOWN\n");
});

parsing("refuses Latin-1, at the line of the first bad byte", async () => {
  const bytes = new TextEncoder().encode("-- UP\nSELECT 'a';\nSELECT 'e';\n-- DOWN\n");
  bytes[bytes.indexOf(0x65, 18)] = 0xe9;
  assert.equal(await problems(bytes), ["encoding 3"]);
  const [finding] = await refused(bytes);
  assert.match(finding?.message ?? "", "save it as UTF-8");
});

parsing("names UTF-16, with and without a byte order mark, in either order of bytes", async () => {
  for (const text of ["-- UP\nSELECT 1;\n-- DOWN\n", "-- UP\nSELECT 'äöü 日本';\n-- DOWN\n"]) {
    for (const marked of [text, `\ufeff${text}`]) {
      for (const littleEndian of [true, false]) {
        const bytes = new Uint8Array(marked.length * 2);
        const view = new DataView(bytes.buffer);
        for (let at = 0; at < marked.length; at++) {
          view.setUint16(at * 2, marked.charCodeAt(at), littleEndian);
        }
        assert.equal(await problems(bytes), ["encoding 1"]);
        const [finding] = await refused(bytes);
        assert.match(finding?.message ?? "", "001_create.sql is UTF-16; save it as UTF-8");
      }
    }
  }
});

parsing("refuses a NUL, at which SQLite would stop reading without a word", async () => {
  assert.equal(
    await problems("-- UP\nSELECT 1;\nSELECT '\0';\nDROP TABLE t;\n-- DOWN\n"),
    ["nul-character 3"],
  );
});

parsing("refuses a file that is larger than the limit", async () => {
  assert.equal(await problems(new Uint8Array(MAX_FILE_BYTES + 1)), ["file-too-large 1"]);
});

parsing("reports every problem that it sees", async () => {
  assert.equal(
    await problems("SELECT 1;\n-- requires: mysql\n-- UP\n\0\n-- UP\n-- DOWN\n"),
    ["nul-character 4", "marker-repeated 5", "sql-before-up 1", "directive 2"],
  );
});

parsing("refuses names that are not NNN_description.sql", async () => {
  for (
    const name of [
      "1_create.sql",
      "01_create.sql",
      "000_create.sql",
      "001-create.sql",
      "001_Create.sql",
      "001_create.SQL",
      "001_.sql",
      "001.sql",
      "create.sql",
      " 001_create.sql",
      "001_créer.sql",
      "001_a b.sql",
      "99999999999999999999_create.sql",
    ]
  ) {
    assert.equal(await problems(migrationFile("SELECT 1;"), name), ["file-name -"], name);
    assert.match((await refused("", name))[0]?.message ?? "", name);
  }
});

parsing("reads versions with more than three digits, and leading zeros", async () => {
  assert.is((await parsed(migrationFile("SELECT 1;"), "0042_a.sql")).version, 42);
  assert.is((await parsed(migrationFile("SELECT 1;"), "20240131120000_a_b_3.sql")).name, "a_b_3");
});

parsing("reads what a file accepts, and why", async () => {
  const { accepts } = await parsed(migrationFile(
    "SELECT 1;",
    "SELECT 1;",
    "-- accept: no-down because nothing can be undone\n" +
      "--ACCEPT: drop-column my table.old name because it is because of age",
  ));
  assert.equal(accepts, [
    { code: "no-down", about: null, reason: "nothing can be undone", line: 1 },
    {
      code: "drop-column",
      about: "my table.old name",
      reason: "it is because of age",
      line: 2,
    },
  ]);
});

parsing("refuses an acceptance without a reason, of an unknown code, or a second one", async () => {
  const problem = (text: string) => problems(migrationFile("SELECT 1;", "", text));
  for (
    const text of [
      "-- accept: no-down",
      "-- accept: no-down because",
      "-- accepts: no-down because x",
      "-- accept: down-loses-value t.a because x",
      "-- accept: drop-table T because x\n-- accept: drop-table t because y",
    ]
  ) assert.match((await problem(text)).join(), "directive", text);
});

parsing("reads the requires directive above UP, and only there", async () => {
  const requires = async (text: string) =>
    (await parsed(migrationFile("SELECT 1;", "SELECT 1;", text))).requires;
  assert.equal(await requires("-- requires: sqlite >= 3.35.0"), [3, 35, 0]);
  assert.equal(await requires("--REQUIRES : SQLite>=3.35"), [3, 35, 0]);
  const below = await parsed("-- UP\n-- requires: sqlite >= 3.35.0\nSELECT 1;\n-- DOWN\n");
  assert.is(below.requires, null);
});

parsing("refuses a directive that it cannot read, and a second one", async () => {
  for (const text of ["sqlite", "sqlite > 3.35", "sqlite >= three", "sqlite >= 3", "deno >= 2"]) {
    assert.equal(
      await problems(migrationFile("SELECT 1;", "", `-- requires: ${text}`)),
      ["directive 1"],
      text,
    );
  }
  const twice = "-- requires: sqlite >= 3.35.0\n-- requires: sqlite >= 3.36.0";
  assert.equal(await problems(migrationFile("SELECT 1;", "", twice)), ["directive 2"]);
});

parsing("gives a checksum that is SHA-256 of the text, known from elsewhere", async () => {
  const { checksum } = await parsed("-- UP\nSELECT 1;\n-- DOWN\n");
  // printf -- '-- UP\nSELECT 1;\n-- DOWN\n' | sha256sum
  assert.is(checksum, "abf70cd94235930891e285f9be5b3bac450b343080f6b699836117643c1e8bce");
});

parsing(
  "gives one checksum and one SQL whatever the line ends and with a BOM or without",
  async () => {
    await forAll(200, async (random) => {
      const text = randomFile(random);
      const plain = await parsed(text);
      const windows = text.replaceAll("\n", "\r\n");
      const mixed = text.replaceAll("\n", () => (random.chance(50) ? "\r\n" : "\n"));
      for (const other of [windows, mixed, `\ufeff${text}`, `\ufeff${windows}`]) {
        assert.equal(await parsed(other), plain);
      }
    });
  },
);

parsing("gives another checksum for any other text", async () => {
  await forAll(200, async (random) => {
    const text = randomFile(random);
    const at = random.integer(0, text.length);
    const changed = `${text.slice(0, at)}${random.pick(["x", " ", "\n"])}${text.slice(at)}`;
    const result = await parseMigration(FILE, new TextEncoder().encode(changed));
    if (result.ok) assert.is.not(result.migration.checksum, (await parsed(text)).checksum);
  });
});

function randomFile(random: Random): string {
  const line = (): string =>
    random.pick([
      "",
      "SELECT 'é ü 日本 🐦';",
      "-- a comment",
      "CREATE TABLE t (\n  a TEXT\n);",
      "/* a\nblock */",
      "INSERT INTO t VALUES ('a\nb');",
      "\tSELECT 1 ;  ",
    ]);
  const section = (): string => random.list(0, 5, line).join("\n");
  return `-- note\n-- UP\n${section()}\n-- DOWN\n${section()}${random.pick(["", "\n"])}`;
}

parsing.run();
