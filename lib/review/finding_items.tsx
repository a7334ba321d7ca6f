// Findings as a list: level, message, position and the line. Runs anywhere.

import type { JSX } from "preact";
import type { FindingMessage } from "../message/reply.ts";
import { printable, printableLines } from "../printable.ts";

const LEVELS: Readonly<Record<FindingMessage["level"], string>> = {
  ERROR: "Error",
  WARNING: "Warning",
  INFO: "Note",
};

interface FindingItemsProps {
  readonly findings: readonly FindingMessage[];
  /** Whether the SQL is beside the list. */
  readonly isBesideSql?: boolean;
}

/** One item for each finding. */
export function FindingItems(
  { findings, isBesideSql = false }: FindingItemsProps,
): JSX.Element {
  return (
    <ul class="findings">
      {findings.map((finding) => (
        <li key={JSON.stringify(finding)} class="finding" data-level={finding.level}>
          <p>
            <strong class="level">{LEVELS[finding.level]}</strong> {printableLines(finding.message)}
            {" "}
            <span class="quiet">
              <code>{finding.code}</code>
              {positionOf(finding)}
            </span>
          </p>
          {finding.excerpt !== undefined && !isBesideSql && (
            <pre class="code"><code>{printable(finding.excerpt.trim())}</code></pre>
          )}
        </li>
      ))}
    </ul>
  );
}

function positionOf({ file, line }: FindingMessage): string {
  if (file === undefined) return "";
  return line === undefined ? ` in ${printable(file)}` : ` at ${printable(file)}:${line}`;
}
