// Reads rows that SQLite may refuse to read.

import { isRefusal } from "./sqlite_error.ts";

/**
 * What `read` returns; `null` where SQLite refuses it for the sake of the schema, such as an index
 * whose collation is missing.
 */
export function unlessRefused<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return null;
  }
}
