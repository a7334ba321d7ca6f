// Findings as a list: level, message, position and the line. Runs anywhere.

import type { JSX } from "preact";
import type { Suggestion } from "../finding/finding.ts";
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
          {finding.query !== undefined && (
            <pre class="code"><code>{printable(finding.query.excerpt.trim())}</code></pre>
          )}
          {finding.suggestion !== undefined && isFirst(finding, findings) && (
            <details open>
              <summary>The file without this</summary>
              <pre class="code"><code>{printableLines(textOf(finding.suggestion))}</code></pre>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Whether no finding before it has its suggestion: all of a file have the same one. */
function isFirst(finding: FindingMessage, findings: readonly FindingMessage[]): boolean {
  return findings.find(({ suggestion }) => suggestion?.up === finding.suggestion?.up) === finding;
}

function textOf({ up, down }: Suggestion): string {
  return `-- UP\n${up.trim()}\n\n-- DOWN\n${down.trim()}`;
}

function positionOf({ file, line }: FindingMessage): string {
  if (file === undefined) return "";
  return line === undefined ? ` in ${printable(file)}` : ` at ${printable(file)}:${line}`;
}
