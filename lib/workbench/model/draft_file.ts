// The initial file of the playground, and its name. Pure; runs anywhere.

import type { FileReport } from "../../browser/sandbox.ts";
import { formatFileName, parseFileName } from "../../migration/file_name.ts";

/** The name of the next file: the highest version plus one. */
export function nextFileName(files: readonly Pick<FileReport, "version">[]): string {
  const newest = Math.max(0, ...files.map(({ version }) => version ?? 0));
  return formatFileName({ version: newest + 1, name: "try_something" });
}

/** The initial text, a valid migration. */
export const DRAFT_TEXT = `-- Type here: the file is rehearsed while you type, and nothing is saved.

-- UP: create notes
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

-- DOWN: drop notes
DROP TABLE notes;
`;

/** Why a file name is invalid; `null` if it is valid. */
export function fileNameProblem(file: string): string | null {
  return parseFileName(file) === null
    ? "Name the file NNN_description.sql: three digits or more, then a-z, 0-9 and _"
    : null;
}
