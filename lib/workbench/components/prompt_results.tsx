// What the statements of the prompt came to. Runs in the browser.

import type { JSX } from "preact";
import type { DataRows } from "../../browser/sandbox.ts";
import { queryPlan } from "../model/query_plan.ts";
import { count, describeDuration } from "../model/words.ts";
import { undoStatement } from "../state/prompt.ts";
import type { StatementResult } from "../state/data_state.ts";
import { useStore } from "../state/store_context.ts";
import { CopyRows } from "./copy_rows.tsx";
import { QueryPlanTree } from "./query_plan_tree.tsx";
import { RowTable } from "./row_table.tsx";

interface PromptResultsProps {
  /** The id of what runs; `null` if nothing does. */
  readonly running: string | null;
  /** One for each statement that has run. */
  readonly results: readonly StatementResult[];
}

/** A line for each statement, the rows of the last one that has some, and what undoes the first. */
export function PromptResults({ running, results }: PromptResultsProps): JSX.Element {
  const shown = results.findLast(({ rows }) => rows.ok && rows.value.columns.length > 0);
  const rows = shown?.rows.ok === true ? shown.rows.value : null;
  const plan = rows === null ? null : queryPlan(rows);
  const undone = results.find(({ undo }) => undo !== null) ?? null;
  return (
    <>
      <div class="prompt-result" role="status">
        {results.map((result, index) => (
          <ResultLine
            key={index}
            result={result}
            number={results.length > 1 ? index + 1 : null}
            isPlan={result === shown && plan !== null}
          />
        ))}
        {running !== null && <p class="quiet">Running …</p>}
      </div>
      {undone !== null && <UndoStatement undone={undone} />}
      {plan !== null && <QueryPlanTree steps={plan} />}
      {rows !== null && plan === null && (
        <>
          <RowTable rows={rows} label="Result" />
          {rows.rows.length > 0 && <CopyRows rows={{ ...rows, table: "result" }} />}
        </>
      )}
    </>
  );
}

function ResultLine(
  { result: { rows, ms }, number, isPlan }: {
    readonly result: StatementResult;
    /** `null` if it is the only one. */
    readonly number: number | null;
    readonly isPlan: boolean;
  },
): JSX.Element {
  const prefix = number === null ? "" : `${number}. `;
  if (!rows.ok) {
    return (
      <p class={rows.code === "declined" ? "quiet" : "problem-text"}>
        {`${prefix}${rows.message}`}
      </p>
    );
  }
  return (
    <p class="quiet">
      {prefix}
      {isPlan ? "Query plan" : describeRows(rows.value)} in {describeDuration(ms)}
    </p>
  );
}

function UndoStatement({ undone: { undo } }: { readonly undone: StatementResult }): JSX.Element {
  const store = useStore();
  const { plugin } = store.route.value;
  const isBusy = plugin !== null && store.isBusy(plugin);
  return (
    <div class="row">
      <button
        type="button"
        class="button button-small"
        aria-disabled={isBusy}
        onClick={() =>
          undo !== null && plugin !== null && !isBusy && void undoStatement(store, plugin, undo)}
      >
        {undo?.title}
      </button>
      <p class="quiet">
        Backup: <code>{undo?.backup}</code>
      </p>
    </div>
  );
}

function describeRows({ columns, rows, hasMore, changes }: DataRows): string {
  if (columns.length === 0) return `${count(changes, "row")} changed`;
  const shown = hasMore ? `The first ${count(rows.length, "row")}` : count(rows.length, "row");
  return changes === 0 ? shown : `${shown}, ${count(changes, "row")} changed`;
}
