// The file that the playground begins with, and its name. Pure; runs anywhere.

import type { FileReport } from "../../browser/sandbox.ts";
import { formatFileName, parseFileName } from "../../migration/file_name.ts";

/** The name of the next file: one above the newest. */
export function nextFileName(files: readonly Pick<FileReport, "version">[]): string {
  const newest = Math.max(0, ...files.map(({ version }) => version ?? 0));
  return formatFileName({ version: newest + 1, name: "try_something" });
}

/** A file that works as it is, to be typed over. */
export const DRAFT_TEXT = `-- Type here: the file is rehearsed as you go, and nothing is kept.

-- UP: create notes
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

-- DOWN: drop notes
DROP TABLE notes;
`;

/** Why a file cannot have this name; `null` where it can. */
export function fileNameProblem(file: string): string | null {
  return parseFileName(file) === null
    ? "Name the file NNN_description.sql: three digits or more, then a-z, 0-9 and _"
    : null;
}
