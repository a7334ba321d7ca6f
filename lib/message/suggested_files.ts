// The suggestions of a reply. Pure; runs anywhere.

import type { Suggestion } from "../finding/finding.ts";
import type { FindingMessage } from "./reply.ts";

/** The suggestion of each file that has one: all findings of a file share it. */
export function suggestedFiles(
  findings: readonly FindingMessage[],
): ReadonlyMap<string, Suggestion> {
  return new Map(
    findings.flatMap(({ file, suggestion }) =>
      file === undefined || suggestion === undefined ? [] : [[file, suggestion]]
    ),
  );
}
