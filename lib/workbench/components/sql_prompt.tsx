// A prompt for SQL on the plugin's rows, read-only by default. Runs in the browser.

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { DataRows } from "../../browser/sandbox.ts";
import type { WantedRestore } from "../model/run_outcome.ts";
import { promptFindings } from "../model/prompt_findings.ts";
import { count, describeDuration } from "../model/words.ts";
import { allowWriting, runPrompt, stopPrompt, typePrompt, undoStatement } from "../state/prompt.ts";
import { useStore } from "../state/store_context.ts";
import { RowTable } from "./row_table.tsx";
import { SqlEditor } from "./sql_editor.tsx";

/** Runs one statement at a time, by Ctrl+Enter or the button. */
export function SqlPrompt(): JSX.Element {
  const store = useStore();
  const { sql, mayWrite, running, result } = store.prompt.value;
  const problem = result?.rows.ok === false ? result.rows.message : null;
  const isDeclined = result?.rows.ok === false && result.rows.code === "declined";
  const findings = useMemo(() => problem === null ? [] : promptFindings(problem), [problem]);
  return (
    <section class="prompt" aria-labelledby="prompt-heading">
      <div class="section-bar">
        <h3 id="prompt-heading" class="section-heading">SQL</h3>
        <label class="check">
          <input
            type="checkbox"
            role="switch"
            checked={mayWrite}
            aria-describedby="writing-hint"
            onChange={(event) => allowWriting(store, event.currentTarget.checked)}
          />
          Allow writing
        </label>
        <button
          type="button"
          class="button button-primary button-small"
          aria-disabled={running !== null || sql.trim() === ""}
          onClick={() => void runPrompt(store)}
        >
          Run
        </button>
        {running !== null && (
          <button
            type="button"
            class="button button-small"
            onClick={() => void stopPrompt(store)}
          >
            Stop
          </button>
        )}
      </div>
      <SqlEditor
        label="SQL to run"
        text={sql}
        findings={findings}
        line={null}
        edit={{
          onChange: (changed) => typePrompt(store, changed),
          onSubmit: () => void runPrompt(store),
        }}
      />
      <p id="writing-hint" class="quiet">
        {mayWrite
          ? "Each write is tried first; one that deletes or overwrites rows asks and is backed up. " +
            "Only migrations change the schema"
          : "Read-only; Ctrl+Enter or ⌘+Enter runs"}
      </p>
      <div class="prompt-result" role="status">
        {running !== null && <p class="quiet">Running …</p>}
        {problem !== null && <p class={isDeclined ? "quiet" : "problem-text"}>{problem}</p>}
        {result?.rows.ok === true && (
          <p class="quiet">{describeRows(result.rows.value)} in {describeDuration(result.ms)}</p>
        )}
      </div>
      {result?.undo != null && <UndoStatement undo={result.undo} />}
      {result?.rows.ok === true && result.rows.value.columns.length > 0 && (
        <RowTable rows={result.rows.value} label="Result" />
      )}
    </section>
  );
}

function UndoStatement({ undo }: { readonly undo: WantedRestore }): JSX.Element {
  const store = useStore();
  const { plugin } = store.route.value;
  const isBusy = plugin !== null && store.isBusy(plugin);
  return (
    <div class="row">
      <button
        type="button"
        class="button button-small"
        aria-disabled={isBusy}
        onClick={() => plugin !== null && !isBusy && void undoStatement(store, plugin, undo)}
      >
        {undo.title}
      </button>
      <p class="quiet">
        Backup: <code>{undo.backup}</code>
      </p>
    </div>
  );
}

function describeRows({ columns, rows, hasMore, changes }: DataRows): string {
  if (columns.length === 0) return `${count(changes, "row")} changed`;
  const shown = hasMore ? `The first ${count(rows.length, "row")}` : count(rows.length, "row");
  return changes === 0 ? shown : `${shown}, ${count(changes, "row")} changed`;
}
