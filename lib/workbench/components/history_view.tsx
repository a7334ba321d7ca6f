// The log of a database: every attempt to apply or roll back. Runs in the browser.

import type { JSX } from "preact";
import { groupAttempts } from "../model/attempts.ts";
import { count } from "../model/words.ts";
import { showOlder } from "../state/history.ts";
import { shownEntries } from "../state/store.ts";
import { useStore } from "../state/store_context.ts";
import { LoggedRunItem } from "./logged_run_item.tsx";

/** Runs with their migrations, newest first. */
export function HistoryView(): JSX.Element {
  const store = useStore();
  const { entries, unreadable, total, problem } = store.history.value;
  const shown = shownEntries(store.history.value);
  return (
    <section class="history" aria-labelledby="history-heading">
      <div class="section-bar">
        <h3 id="history-heading" class="section-heading">History</h3>
        <span class="quiet" role="status">
          {entries === null ? "Reading …" : describeCount(shown, total)}
        </span>
      </div>
      {problem !== null && <p class="problem-text">{problem}</p>}
      {unreadable.map((row) => (
        <p key={row.id} class="problem-text">
          {`Row ${row.id} of plugin_schema_migration_log cannot be read: ${row.problem}`}
        </p>
      ))}
      {total === 0 && <p class="quiet">Nothing was applied or rolled back yet</p>}
      {entries !== null && entries.length > 0 && (
        <ol class="runs" aria-label="Runs, newest first">
          {groupAttempts(entries).map((run) => <LoggedRunItem key={run.key} run={run} />)}
        </ol>
      )}
      {entries !== null && shown < total && (
        <button
          type="button"
          class="button"
          onClick={() => void showOlder(store)}
        >
          Show older
        </button>
      )}
    </section>
  );
}

function describeCount(shown: number, total: number): string {
  return shown === total
    ? count(total, "attempt")
    : `The newest ${shown} of ${count(total, "attempt")}`;
}
