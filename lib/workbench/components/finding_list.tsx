// Findings as a list: message, position, and the remedy. Runs in the browser.

import type { JSX } from "preact";
import type { FindingMessage } from "../../message/reply.ts";
import { positionOf } from "../model/findings.ts";
import { FindingRemedy } from "./finding_remedy.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { type Replaceable, ReplaceWith } from "./replace_with.tsx";

interface FindingListProps {
  readonly findings: readonly FindingMessage[];
  /** Scrolls the editor beside the list to a line; `null` if there is no editor. */
  readonly onShow: ((line: number) => void) | null;
  /** The text that suggestions can replace; missing where there is none. */
  readonly replaceable?: Replaceable;
}

const ICONS: Readonly<Record<FindingMessage["level"], IconName>> = {
  ERROR: "cross",
  WARNING: "warning",
  INFO: "info",
};

const LEVELS: Readonly<Record<FindingMessage["level"], string>> = {
  ERROR: "Error",
  WARNING: "Warning",
  INFO: "Note",
};

/** One item for each finding. */
export function FindingList(
  { findings, onShow, replaceable }: FindingListProps,
): JSX.Element {
  const first = findings.find(({ suggestion }) => suggestion !== undefined);
  return (
    <ul class="findings" aria-label="Findings">
      {findings.map((finding) => (
        <li key={JSON.stringify(finding)} class="finding" data-level={finding.level}>
          <Icon name={ICONS[finding.level]} />
          <div class="finding-body">
            <p>
              <span class="finding-level">{LEVELS[finding.level]}</span> {finding.message}
            </p>
            {finding.excerpt !== undefined && onShow === null && (
              <pre class="excerpt">{finding.excerpt.trim()}</pre>
            )}
            <p class="finding-facts">
              <Where finding={finding} onShow={onShow} />
            </p>
            <FindingRemedy code={finding.code} />
            {finding.suggestion !== undefined && replaceable !== undefined && (
              <ReplaceWith
                suggestion={finding.suggestion}
                replaceable={replaceable}
                isFirst={finding === first}
              />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Where(
  { finding, onShow }: {
    readonly finding: FindingMessage;
    readonly onShow: FindingListProps["onShow"];
  },
): JSX.Element | null {
  const position = positionOf(finding);
  const { line } = finding;
  if (position === null) return null;
  return line === undefined || onShow === null
    ? <code>{position}</code>
    : (
      <button type="button" class="link" onClick={() => onShow(line)}>
        Line {line}
        {finding.column === undefined ? "" : `, column ${finding.column}`}
      </button>
    );
}
