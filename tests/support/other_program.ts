// Databases of programs that bring functions, collations and modules of their own.

import { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";

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
