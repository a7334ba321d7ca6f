// Places an error of the SQL prompt in its editor. Pure; runs anywhere.

import type { FindingMessage } from "../../message/reply.ts";

// How the sandbox ends a message about a place in the statement.
const PLACE = /\(line (\d+), column (\d+)\)$/;

/** The error as a finding at its line; none where the message names no place. */
export function promptFindings(message: string): readonly FindingMessage[] {
  const match = PLACE.exec(message);
  if (match === null) return [];
  return [{
    level: "ERROR",
    message: message.slice(0, match.index).trimEnd(),
    migration_version: null,
    migration_name: null,
    category: "syntax",
    code: "sql-error",
    line: Number(match[1]),
    column: Number(match[2]),
  }];
}
