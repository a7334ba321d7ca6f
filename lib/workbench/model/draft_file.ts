// The initial file of the playground, and its name. Pure; runs anywhere.

import type { FileReport } from "../../browser/sandbox.ts";
import { formatFileName, nextVersion, parseFileName } from "../../migration/file_name.ts";

/** The name of the next file: the highest version plus one. */
export function nextFileName(files: readonly Pick<FileReport, "version">[]): string {
  return formatFileName({ version: nextVersion(files), name: "try_something" });
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

/** Whether a draft has what is nowhere else: neither the initial text, nor a file as it is. */
export function isUnsaved(
  { file, text }: Pick<FileReport, "file" | "text">,
  files: readonly Pick<FileReport, "file" | "text">[],
): boolean {
  return text !== DRAFT_TEXT && !files.some((each) => each.file === file && each.text === text);
}

/** Whether a draft still has the initial text, and another file has got its number meanwhile. */
export function isOutnumbered(
  { file, text }: Pick<FileReport, "file" | "text">,
  files: readonly Pick<FileReport, "file" | "version">[],
): boolean {
  const version = parseFileName(file)?.version;
  return text === DRAFT_TEXT &&
    files.some((each) => each.version === version && each.file !== file);
}

/** A name for a draft that no other one has. */
export function freeId(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  for (let number = 1;; number++) {
    const id = number === 1 ? wanted : `${wanted} ${number}`;
    if (!taken.has(id)) return id;
  }
}

/** Why a file name is invalid; `null` if it is valid. */
export function fileNameProblem(file: string): string | null {
  return parseFileName(file) === null
    ? "Name the file NNN_description.sql: three digits or more, then a-z, 0-9 and _"
    : null;
}
