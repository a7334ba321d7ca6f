// Databases of programs that bring functions, collations and modules of their own.

import { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { sqliteShell } from "./sqlite_shell.ts";

/** Makes a database whose index needs a function that only its program has. */
export function makeWithFunction(path: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.function("slug", { deterministic: true }, (text) => String(text).toLowerCase());
  database.exec(`CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT);
    INSERT INTO u VALUES (1, 'Ann');
    CREATE INDEX u_slug ON u (slug(name));`);
  database.close();
}

/**
 * Makes a database by `sql` and writes another definition of a table into its schema, such as one
 * with a collation or a function that only its program has.
 */
export function makeRedefined(path: string, sql: string, table: string, definition: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  sqliteShell(
    path,
    `${sql} PRAGMA writable_schema = ON;
     UPDATE sqlite_schema SET sql = '${definition}' WHERE name = '${table}';`,
  );
}
