// What native SQLite makes of a database with a write-ahead log, in files that are gone afterwards.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** An empty database in WAL mode. */
export function emptyDatabase(): Uint8Array {
  return inDirectory((path) => {
    const database = new DatabaseSync(path);
    database.exec("PRAGMA journal_mode=WAL");
    database.close();
    return Deno.readFileSync(path);
  });
}

/** The wal-index that SQLite builds for a log that it recovers. */
export function recoveredIndex(databaseBytes: Uint8Array, log: Uint8Array): Uint8Array {
  return inDirectory((path) => {
    Deno.writeFileSync(path, databaseBytes);
    Deno.writeFileSync(`${path}-wal`, log);
    const database = new DatabaseSync(path);
    try {
      database.prepare("PRAGMA schema_version").get();
      return Deno.readFileSync(`${path}-shm`);
    } finally {
      database.close();
    }
  });
}

function inDirectory(make: (path: string) => Uint8Array): Uint8Array {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-native-" });
  try {
    return make(join(directory, "native.sqlite3"));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
