// Reads the comment lines above `-- UP` that say something to godwit. Pure; runs anywhere.

import { isFindingCode } from "../finding/finding.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Acceptance, ForeignKeyMode, SqliteVersion } from "./migration.ts";
import { parseSqliteVersion } from "./sqlite_version.ts";

/** What a file declares, and the lines that cannot be read. */
export interface Directives {
  readonly requires: SqliteVersion | null;
  readonly foreignKeys: ForeignKeyMode | null;
  readonly accepts: readonly Acceptance[];
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

// A name that is nearly one is none, and would be passed over in silence.
const DIRECTIVE =
  /^[ \t]*--[ \t]*(requires?|foreign[-_ ]?keys?|accept(?:s|ed)?)[ \t]*:[ \t]*(.*?)[ \t]*$/i;
const REQUIREMENT = /^sqlite[ \t]*>=[ \t]*([0-9.]+)$/i;
const ACCEPTANCE = /^(\S+)(?:[ \t]+(.*?))??[ \t]+because[ \t]+(.*)$/i;

/** Whether a line says something to godwit, or looks as if it were meant to. */
export function isDirective(line: string): boolean {
  return DIRECTIVE.test(line);
}

/** Reads the lines of a file before its first section. */
export function readDirectives(lines: readonly string[]): Directives {
  let requires: SqliteVersion | null = null;
  let foreignKeys: ForeignKeyMode | null = null;
  const accepts: Acceptance[] = [];
  const problems: { line: number; message: string }[] = [];
  for (const [index, text] of lines.entries()) {
    const [, name = "", value = ""] = DIRECTIVE.exec(text) ?? [];
    if (name === "") continue;
    const add = (message: string): void => {
      problems.push({ line: index + 1, message });
    };
    if (/^requires?$/i.test(name)) {
      const version = parseSqliteVersion(REQUIREMENT.exec(value)?.[1] ?? "");
      const isRead = version !== null && name.toLowerCase() === "requires";
      if (!isRead) add(`Cannot read "${name}: ${value}"; write: requires: sqlite >= 3.35.0`);
      else if (requires !== null) add(`A second "requires" line; a file can have one`);
      else requires = version;
    } else if (/^foreign/i.test(name)) {
      const mode = value.toLowerCase();
      const isRead = (mode === "on" || mode === "off") && name.toLowerCase() === "foreign-keys";
      if (!isRead) add(`Cannot read "${name}: ${value}"; write: foreign-keys: on, or off`);
      else if (foreignKeys !== null) add(`A second "foreign-keys" line; a file can have one`);
      else foreignKeys = mode;
    } else {
      const accepted = readAcceptance(name, value, index + 1);
      if (typeof accepted === "string") add(accepted);
      else if (accepts.some((each) => isSameAcceptance(each, accepted))) {
        add(`A second "accept" line for the same finding; delete one`);
      } else accepts.push(accepted);
    }
  }
  return { requires, foreignKeys, accepts, problems };
}

/** An acceptance, or why there is none. */
function readAcceptance(name: string, value: string, line: number): Acceptance | string {
  const [, code = "", about = "", reason = ""] = ACCEPTANCE.exec(value) ?? [];
  if (reason === "" || name.toLowerCase() !== "accept") {
    return `Cannot read "${name}: ${value}"; ` +
      `write: accept: lose-values quotes.author because authors have their own table now`;
  }
  return isFindingCode(code)
    ? { code, about: about === "" ? null : about, reason, line }
    : `No finding has the code "${code}"; copy the code from the finding`;
}

/** Whether two acceptances are of the same finding. */
function isSameAcceptance(one: Acceptance, other: Acceptance): boolean {
  return one.code === other.code && foldName(one.about ?? "") === foldName(other.about ?? "");
}
