// The grammar of migration file names, `NNN_description.sql`. Pure; runs anywhere.

const FILE_NAME = /^(\d{3,})_([a-z0-9_]+)\.sql$/;

/** The version and the name in a file name. */
export interface FileName {
  readonly version: number;
  readonly name: string;
}

/** Returns whether a directory entry is a `.sql` file; other files are ignored. */
export function isSqlFile(file: string): boolean {
  return file.toLowerCase().endsWith(".sql");
}

/** The longest file name, in characters, that common file systems accept. */
const MAX_NAME_LENGTH = 255;

/**
 * Returns whether an untrusted name is the plain name of a `.sql` file, without a path separator or
 * a control character: joined to a folder, it names a file in that folder.
 */
export function isPlainSqlName(file: string): boolean {
  return isSqlFile(file) && file.length <= MAX_NAME_LENGTH && !/[/\\\p{Cc}]/u.test(file);
}

/** The rule of `isPlainSqlName()` in words, for messages. */
export const PLAIN_SQL_NAME_RULE =
  "a file's name ends in .sql, has at most 255 characters, and no slash, backslash or " +
  "control character";

/** Parses a file name; `null` if it is not `NNN_description.sql` with a version of 1 or more. */
export function parseFileName(file: string): FileName | null {
  const match = FILE_NAME.exec(file);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const version = Number(match[1]);
  if (version < 1 || !Number.isSafeInteger(version)) return null;
  return { version, name: match[2] };
}

/** Says why `parseFileName()` does not take the name of a `.sql` file, with the way out. */
export function fileNameProblem(file: string): string {
  const version = FILE_NAME.exec(file)?.[1];
  if (version !== undefined && Number(version) > Number.MAX_SAFE_INTEGER) {
    return `The version of ${file} is greater than ${Number.MAX_SAFE_INTEGER}, the greatest that ` +
      `there can be; give it a smaller number`;
  }
  return `${file} is not named like a migration; rename it to NNN_description.sql: ` +
    `three or more digits from 001, an underscore, then a-z, 0-9 and _`;
}

/** The version of the file that follows these; `null` for one without a number. */
export function nextVersion(files: readonly { readonly version: number | null }[]): number {
  return files.reduce((newest, { version }) => Math.max(newest, version ?? 0), 0) + 1;
}

/** Formats a file name; the version has at least three digits: `007_add_tags.sql`. */
export function formatFileName({ version, name }: FileName): string {
  return `${String(version).padStart(3, "0")}_${name}.sql`;
}
