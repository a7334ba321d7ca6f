// A prompt for SQL on the plugin's rows, read-only by default. Runs in the browser.

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { completedNames } from "../model/completed_names.ts";
import { promptFindings } from "../model/prompt_findings.ts";
import {
  allowWriting,
  explainPrompt,
  runPrompt,
  selectInPrompt,
  stopPrompt,
  typePrompt,
} from "../state/prompt.ts";
import { useStore } from "../state/store_context.ts";
import { PromptHistory } from "./prompt_history.tsx";
import { PromptResults } from "./prompt_results.tsx";
import { SqlEditor } from "./sql_editor.tsx";

/** Runs a statement, or those that are selected, by Ctrl+Enter or the button. */
export function SqlPrompt({ plugin }: { readonly plugin: string }): JSX.Element {
  const store = useStore();
  const { sql, edition, mayWrite, running, results, selection, history } = store.prompt.value;
  const { schema } = store.browsing.value;
  const last = results.at(-1);
  const problem = last?.rows.ok === false ? last.rows.message : null;
  const findings = useMemo(() => problem === null ? [] : promptFindings(problem), [problem]);
  // Those of before stay while the schema is read again.
  const names = useMemo(
    () => schema === null ? null : schema.ok ? completedNames(schema.value) : {},
    [schema],
  );
  const isIdle = running === null && sql.trim() !== "";
  const hasSelection = sql.slice(selection.from, selection.to).trim() !== "";
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
          aria-disabled={!isIdle}
          onClick={() => void runPrompt(store)}
        >
          {hasSelection ? "Run selection" : "Run"}
        </button>
        <button
          type="button"
          class="button button-small"
          aria-disabled={!isIdle}
          onClick={() => isIdle && void explainPrompt(store)}
        >
          Explain
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
          onSelect: (selected) => selectInPrompt(store, selected),
          edition,
          memory: `prompt ${plugin}`,
          names,
          history,
        }}
      />
      <div class="section-bar prompt-foot">
        <p id="writing-hint" class="quiet">
          {mayWrite
            ? "Each write is tried first; one that deletes or overwrites rows asks and is backed up. " +
              "Only migrations change the schema"
            : "Read-only. Ctrl+Enter or ⌘+Enter runs, Ctrl+Space completes, Alt+↑ is the last one"}
        </p>
        <PromptHistory plugin={plugin} history={history} />
      </div>
      <PromptResults running={running} results={results} />
    </section>
  );
}
