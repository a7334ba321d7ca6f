// The log of a database: every attempt to apply or roll back. Runs in the browser.

import type { JSX } from "preact";
import { groupAttempts } from "../model/attempts.ts";
import { count } from "../model/words.ts";
import { showOlder } from "../state/history.ts";
import { useStore } from "../state/store_context.ts";
import { LoggedRunItem } from "./logged_run_item.tsx";

/** Runs with their migrations, newest first. */
export function HistoryView(): JSX.Element {
  const store = useStore();
  const { entries, total, problem } = store.history.value;
  return (
    <section class="history" aria-labelledby="history-heading">
      <div class="section-bar">
        <h3 id="history-heading" class="section-heading">History</h3>
        <span class="quiet" role="status">
          {entries === null ? "Reading …" : describeCount(entries.length, total)}
        </span>
      </div>
      {problem !== null && <p class="problem-text">{problem}</p>}
      {total === 0 && <p class="quiet">Nothing was applied or rolled back yet</p>}
      {entries !== null && entries.length > 0 && (
        <ol class="runs" aria-label="Runs, newest first">
          {groupAttempts(entries).map((run) => <LoggedRunItem key={run.key} run={run} />)}
        </ol>
      )}
      {entries !== null && entries.length < total && (
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
