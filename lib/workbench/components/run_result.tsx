// The result of a run: its changes and losses, or its error. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { FindingMessage } from "../../message/reply.ts";
import { SchemaDifference } from "../../review/schema_difference.tsx";
import { describeRestore } from "../model/backup_words.ts";
import { isFolded, type ShownOutcome, topEntries } from "../model/shown_outcome.ts";
import { hasError } from "../model/timeline_search.ts";
import { count, padVersion } from "../model/words.ts";
import {
  entriesOf,
  headlineOf,
  type RunOutcome,
  undoOf,
  type Verdict,
  verdictOf,
} from "../model/run_outcome.ts";
import { goTo } from "../state/navigate.ts";
import { dismissOutcome, sightOf, toggleOutcome } from "../state/outcome.ts";
import { restoreBackup } from "../state/restore.ts";
import { showLostRows } from "../state/run.ts";
import { useStore } from "../state/store_context.ts";
import { FindingList } from "./finding_list.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { ResultEntry } from "./result_entry.tsx";

interface RunResultProps {
  readonly plugin: string;
  readonly shown: ShownOutcome;
}

const ICONS: Readonly<Record<Verdict, IconName>> = {
  done: "check",
  tried: "info",
  cancelled: "info",
  failed: "cross",
};

// More would push what is looked at off the screen.
const MOST_ENTRIES = 10;

/** The reply to the last run: folded to one line once something else is looked at. */
export function RunResult({ plugin, shown }: RunResultProps): JSX.Element {
  const store = useStore();
  const { outcome } = shown;
  const isOpen = !isFolded(shown, sightOf(store, plugin));
  const verdict = verdictOf(outcome);
  const step = store.step.value;
  // Green would say that all is well with what is shown below.
  const isCalm = !isOpen || verdict === "done" && step !== null && hasError(step);
  return (
    <section class="result" data-kind={isCalm ? "past" : verdict} aria-label="Result">
      <div class="result-head">
        <Icon name={ICONS[verdict]} />
        <p class="result-headline">{headlineOf(outcome)}</p>
        <button
          type="button"
          class="button button-small"
          aria-expanded={isOpen}
          onClick={() => toggleOutcome(store, plugin, isOpen)}
        >
          {isOpen ? "Fold" : "Show"} <span class="unseen">the result</span>
        </button>
        <button
          type="button"
          class="button button-small"
          onClick={() => dismissOutcome(store, plugin)}
        >
          Dismiss
        </button>
      </div>
      {isOpen && <ResultBody plugin={plugin} outcome={outcome} />}
    </section>
  );
}

function ResultBody(
  { plugin, outcome }: { readonly plugin: string; readonly outcome: RunOutcome },
): JSX.Element {
  const { reply } = outcome;
  const findings = findingsOf(outcome);
  const entries = entriesOf(reply);
  return (
    <>
      {!reply.success && <FailureFacts reply={reply} />}
      {entries.length > 0 && <Entries entries={entries} />}
      {reply.verb === "restore" && reply.success && (
        <ul class="restored">
          {describeRestore(reply).map((point) => <li key={point}>{point}</li>)}
        </ul>
      )}
      {outcome.kind === "dry-run" && <LostRowsButton plugin={plugin} outcome={outcome} />}
      {reply.verb === "plan" && reply.success && <Difference text={reply.schema_diff} />}
      {findings.length > 0 && <FindingList findings={findings} onShow={null} />}
      <UndoRow plugin={plugin} outcome={outcome} />
    </>
  );
}

/** The first entries, those that lose data before the others; the rest on request. */
function Entries(
  { entries }: { readonly entries: ReturnType<typeof entriesOf> },
): JSX.Element {
  const isWhole = useSignal(false);
  const most = isWhole.value ? Infinity : MOST_ENTRIES;
  const { shown, hidden } = topEntries(entries, most);
  return (
    <>
      <ul class="entries">
        {shown.map((entry) => <ResultEntry key={entry.version} entry={entry} />)}
      </ul>
      {entries.length > MOST_ENTRIES && (
        <p>
          <button
            type="button"
            class="link"
            aria-expanded={isWhole.value}
            onClick={() => isWhole.value = !isWhole.value}
          >
            {hidden > 0
              ? `Show all ${count(entries.length, "migration")}`
              : `Show ${MOST_ENTRIES} of ${count(entries.length, "migration")}`}
          </button>
        </p>
      )}
    </>
  );
}

// A run that was cancelled needs no remedy.
function findingsOf(outcome: RunOutcome): readonly FindingMessage[] {
  const { reply } = outcome;
  if (verdictOf(outcome) === "cancelled") return [];
  if (reply.success) return reply.verb === "restore" ? [] : reply.warnings;
  return [...reply.errors, ...reply.warnings];
}

function FailureFacts(
  { reply }: { readonly reply: Extract<RunOutcome["reply"], { success: false }> },
): JSX.Element {
  const store = useStore();
  const { error_code: code, failed_version: failed, current_version: current } = reply;
  return (
    <p class="quiet">
      <code>{code}</code>
      {failed !== undefined && (
        <>
          {" "}in{" "}
          <button
            type="button"
            class="link"
            onClick={() => goTo(store, { step: String(failed) })}
          >
            {padVersion(failed)}
          </button>, which was rolled back
        </>
      )}
      {current !== undefined && `; the database is at ${current}`}
    </p>
  );
}

function UndoRow(
  { plugin, outcome }: { readonly plugin: string; readonly outcome: RunOutcome },
): JSX.Element | null {
  const store = useStore();
  const undo = undoOf(outcome);
  if (undo === null) return null;
  const isBusy = store.isBusy(plugin);
  return (
    <div class="row">
      <button
        type="button"
        class="button button-small"
        aria-disabled={isBusy}
        onClick={() => !isBusy && void restoreBackup(store, plugin, undo)}
      >
        {undo.title}
      </button>
      <p class="quiet">
        Backup, listed under{" "}
        <button type="button" class="link" onClick={() => goTo(store, { view: "data" })}>
          Data
        </button>: <code>{undo.backup}</code>
      </p>
    </div>
  );
}

function LostRowsButton(
  { plugin, outcome: { planned, reply } }: {
    readonly plugin: string;
    readonly outcome: Extract<RunOutcome, { kind: "dry-run" }>;
  },
): JSX.Element | null {
  const store = useStore();
  const losses = reply.success ? reply.steps.flatMap(({ data_loss }) => data_loss) : [];
  if (losses.length === 0 || losses.some(({ examples }) => examples !== undefined)) return null;
  const isBusy = store.busy.value.has(plugin);
  return (
    <p>
      <button
        type="button"
        class="button button-small"
        aria-disabled={isBusy}
        onClick={() => void showLostRows(store, plugin, planned)}
      >
        Show what is lost
      </button>
    </p>
  );
}

function Difference({ text }: { readonly text: string }): JSX.Element | null {
  if (text === "") return null;
  return (
    <details class="result-difference" open>
      <summary>Schema difference</summary>
      <SchemaDifference text={text} />
    </details>
  );
}
