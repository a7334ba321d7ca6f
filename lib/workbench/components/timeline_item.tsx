// One migration in the timeline. Runs in the browser.

import type { JSX } from "preact";
import type { ChangeMessage } from "../../message/reply.ts";
import { STATE_LABELS, type StepState, type TimelineStep } from "../model/timeline.ts";
import { CHANGE_SIGNS, changeSubject, changeWord } from "../../diagram/change_words.ts";
import { count, describeDuration, describeTimeShort, padVersion } from "../model/words.ts";
import { Icon, type IconName } from "./icon.tsx";

interface TimelineItemProps {
  readonly step: TimelineStep;
  readonly isShown: boolean;
  /** Whether Tab leads to it; the arrow keys lead to the others. */
  readonly isReached: boolean;
  /** Whether it is one line: without its changes, and without what it shares with most. */
  readonly isCompact: boolean;
  readonly onOpen: () => void;
}

const ICONS: Readonly<Record<StepState, IconName>> = {
  applied: "check",
  pending: "circle",
  failed: "cross",
  changed: "edit",
  missing: "missing",
  late: "clock",
  invalid: "warning",
};

const SHOWN_CHANGES = 3;

/** Name, state, changes and losses of a migration. */
export function TimelineItem(
  { step, isShown, isReached, isCompact, onOpen }: TimelineItemProps,
): JSX.Element {
  const { run, state, changes, version } = step;
  // The sign says it too, and the head of the plugin how many are pending.
  const isUsual = state === "pending" || (isCompact && state === "applied");
  const errors = step.findings.filter(({ level }) => level === "ERROR").length;
  const losses = step.findings.filter(({ category }) => category === "destructive").length;
  return (
    <li class="timeline-entry">
      <button
        type="button"
        class="timeline-item"
        data-key={step.key}
        data-state={state}
        aria-current={isShown ? "step" : undefined}
        tabIndex={isReached ? 0 : -1}
        onClick={onOpen}
      >
        <span class="timeline-sign">
          <Icon name={ICONS[state]} />
        </span>
        <span class="timeline-title">
          {version !== null && <span class="timeline-version">{padVersion(version)}</span>}{" "}
          {step.title}
        </span>
        <span class="timeline-facts">
          <span class={isUsual ? "unseen" : "state-word"} data-state={state}>
            {STATE_LABELS[state]}
          </span>
          {step.isCurrent && <span class="here">current version</span>}
          {run !== null && !isCompact && (
            <span class="quiet">
              <time dateTime={run.at}>{describeTimeShort(run.at)}</time> by {run.by}
              {run.durationMs !== null && `, ${describeDuration(run.durationMs)}`}
            </span>
          )}
        </span>
        {changes.length > 0 && !isCompact && <ChangeGlance changes={changes} />}
        {(errors > 0 || losses > 0) && (
          <span class="timeline-facts">
            {errors > 0 && (
              <span class="loss-word" data-level="ERROR">
                <Icon name="cross" />
                <span class={isCompact ? "unseen" : ""}>{count(errors, "error")}</span>
              </span>
            )}
            {losses > 0 && (
              <span class="loss-word" data-level="WARNING">
                <Icon name="warning" />
                <span class={isCompact ? "unseen" : ""}>loses data</span>
              </span>
            )}
          </span>
        )}
      </button>
    </li>
  );
}

function ChangeGlance({ changes }: { readonly changes: readonly ChangeMessage[] }): JSX.Element {
  const shown = changes.slice(0, SHOWN_CHANGES);
  return (
    <span class="glance">
      {shown.map((change) => (
        <span key={JSON.stringify(change)} class="glance-change" data-mark={change.change}>
          <span aria-hidden="true">{CHANGE_SIGNS[change.change]}</span>
          <span class="unseen">{changeWord(change.change)}</span> {changeSubject(change)}
        </span>
      ))}
      {changes.length > shown.length && (
        <span class="glance-change">{count(changes.length - shown.length, "more change")}</span>
      )}
    </span>
  );
}
