// A native connection that stays open beside godwit in this process's own thread.

import { DatabaseSync } from "node:sqlite";

/** Opens a database natively, and reads it once, so that its write-ahead log stays. */
export function holdOpen(path: string): Disposable & { readonly database: DatabaseSync } {
  const database = new DatabaseSync(path);
  database.exec("SELECT count(*) FROM sqlite_schema");
  return { database, [Symbol.dispose]: () => database.close() };
}
