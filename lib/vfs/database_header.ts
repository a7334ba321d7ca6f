// The header of a database file: https://sqlite.org/fileformat2.html#the_database_header. Runs
// anywhere.

/** The size of the header. */
export const DATABASE_HEADER_BYTES = 100;

const MAGIC = new TextEncoder().encode("SQLite format 3\0");

/** Says whether bytes begin with the header of a database. */
export function hasDatabaseHeader({ buffer, byteOffset, byteLength }: ArrayBufferView): boolean {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return byteLength >= DATABASE_HEADER_BYTES && MAGIC.every((byte, at) => bytes[at] === byte);
}
