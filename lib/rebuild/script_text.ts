// Writes the script of one direction as the text of a migration's section. Pure; runs anywhere.

import { markerName } from "../migration/markers.ts";
import { tokensOf } from "../sqlite/tokens.ts";
import type { OneWay } from "./schema_script.ts";

/** The parts with their comments, and a semicolon after each statement. */
export function scriptText({ parts }: OneWay): string {
  return parts.map(({ comment, statements }) =>
    [commented(comment), ...statements.map(terminated)].join("\n")
  ).join("\n\n");
}

/** Writes each line of a text as a comment, of which none reads like a marker of a section. */
export function commented(text: string): string {
  return text.split("\n").map((line) => {
    const comment = `-- ${line}`;
    return markerName(comment) === null ? comment : `-${comment}`;
  }).join("\n");
}

/** A statement with its semicolon, which must not become part of a comment at its end. */
export function terminated(sql: string): string {
  const last = [...tokensOf(sql)].at(-1);
  const rest = last === undefined ? sql : sql.slice(last.start + last.text.length);
  return rest.lastIndexOf("--") > rest.lastIndexOf("\n") ? `${sql}\n;` : `${sql};`;
}
