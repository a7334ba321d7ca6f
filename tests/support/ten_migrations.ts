// Ten migrations of one plugin that apply and roll back.

import { migrationFile } from "./migration_file.ts";
import type { Files } from "./workspace.ts";

// Long enough to be stored compressed, with characters of several bytes.
const LONG = `-- ${"Grüße, 世界! ".repeat(1_000)}`;

/** Ten migrations, with what makes the text of a file hard to keep. */
export const TEN: Files = {
  "001_notes.sql": migrationFile(
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT); INSERT INTO notes VALUES (1, 'a');",
    "DROP TABLE notes;",
  ),
  "002_author.sql": migrationFile(
    "ALTER TABLE notes ADD COLUMN author TEXT;",
    `CREATE TABLE notes_old (id INTEGER PRIMARY KEY, body TEXT);
INSERT INTO notes_old SELECT id, body FROM notes;
DROP TABLE notes;
ALTER TABLE notes_old RENAME TO notes;`,
    "-- foreign-keys: off",
  ),
  "003_index.sql": migrationFile(
    "CREATE INDEX by_author ON notes (author);",
    "DROP INDEX by_author;",
  ),
  "004_trigger.sql": migrationFile(
    `CREATE TRIGGER log_note AFTER INSERT ON notes BEGIN
  -- DOWN
  SELECT '-- DOWN'; END;`,
    "DROP TRIGGER log_note;",
  ),
  "005_view.sql": migrationFile("CREATE VIEW v AS SELECT * FROM notes;", "DROP VIEW v;"),
  "006_long.sql": migrationFile(`CREATE TABLE long (a);\n${LONG}`, `${LONG}\nDROP TABLE long;`),
  "007_crlf.sql": migrationFile("CREATE TABLE crlf (a);", "DROP TABLE crlf;").replaceAll(
    "\n",
    "\r\n",
  ),
  "008_bom.sql": `\uFEFF${migrationFile("CREATE TABLE bom (a);", "DROP TABLE bom;")}`,
  "009_no_newline.sql": "-- UP\nCREATE TABLE short (a);\n-- DOWN\nDROP TABLE short;",
  "010_rows.sql": migrationFile(
    "INSERT INTO notes (id, body) VALUES (2, 'b');",
    "DELETE FROM notes WHERE id = 2;",
  ),
};
