// Switches foreign keys off for a run.

import type { Connection } from "../sqlite/connection.ts";

/**
 * Switches foreign keys off until it is disposed. With them on, the DROP TABLE of a rebuild would
 * delete the child rows: https://sqlite.org/lang_altertable.html#otheralter
 *
 * Call it outside a transaction, in which the pragma has no effect.
 */
export function switchOffForeignKeys(connection: Connection): Disposable {
  const wereOn = connection.integer("PRAGMA foreign_keys") === 1;
  connection.exec("PRAGMA foreign_keys=OFF");
  if (connection.integer("PRAGMA foreign_keys") !== 0) {
    throw new Error("PRAGMA foreign_keys=OFF did not take");
  }
  return {
    [Symbol.dispose]() {
      if (wereOn) connection.exec("PRAGMA foreign_keys=ON");
    },
  };
}
