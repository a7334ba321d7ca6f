// Turns an error of the SQL prompt into a finding in its editor. Pure; runs anywhere.

import type { FindingMessage } from "../../message/reply.ts";

// The end of a message that has a position in the statement.
const POSITION = /\(line (\d+), column (\d+)\)$/;

/** The error as a finding at its line; none if the message has no position. */
export function promptFindings(message: string): readonly FindingMessage[] {
  const match = POSITION.exec(message);
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

/** The message without its position, which is in another text than the one that is shown. */
export function withoutPosition(message: string): string {
  return message.replace(POSITION, "").trimEnd();
}
