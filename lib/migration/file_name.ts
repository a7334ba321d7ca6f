// The grammar of migration file names, `NNN_description.sql`. Pure; runs anywhere.

const FILE_NAME = /^(\d{3,})_([a-z0-9_]+)\.sql$/;

/** The version and name that a migration file's name carries. */
export interface FileName {
  readonly version: number;
  readonly name: string;
}

/** Says whether a directory entry claims to be a migration; other files are none of godwit's business. */
export function isSqlFile(file: string): boolean {
  return file.toLowerCase().endsWith(".sql");
}

/** The longest file name that travels, in characters: what file systems take. */
const MAX_NAME_LENGTH = 255;

/**
 * Says whether a name from outside is one of a `.sql` file and of nothing else: it has no path
 * separator and no control character, so it stays in the folder that it is joined to.
 */
export function isPlainSqlName(file: string): boolean {
  return isSqlFile(file) && file.length <= MAX_NAME_LENGTH && !/[/\\\p{Cc}]/u.test(file);
}

/** The rule of `isPlainSqlName()` in words, for messages. */
export const PLAIN_SQL_NAME_RULE =
  "a file's name ends in .sql, has at most 255 characters, and no slash, backslash or control character";

/** Reads a file name; `null` where it is not `NNN_description.sql` with a version of 1 or more. */
export function parseFileName(file: string): FileName | null {
  const match = FILE_NAME.exec(file);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const version = Number(match[1]);
  if (version < 1 || !Number.isSafeInteger(version)) return null;
  return { version, name: match[2] };
}

/** Writes a file name, its version padded to three digits: `(7, "add_tags")` is `007_add_tags.sql`. */
export function formatFileName({ version, name }: FileName): string {
  return `${String(version).padStart(3, "0")}_${name}.sql`;
}
