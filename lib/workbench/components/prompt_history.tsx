// The earlier statements of the prompt. Runs in the browser.

import type { JSX } from "preact";
import { clearHistory, showStatement } from "../state/prompt.ts";
import { useStore } from "../state/store_context.ts";

interface PromptHistoryProps {
  readonly plugin: string;
  /** Newest first. */
  readonly history: readonly string[];
}

/** A list that opens; a statement that is chosen goes into the editor, and does not run. */
export function PromptHistory({ plugin, history }: PromptHistoryProps): JSX.Element | null {
  const store = useStore();
  if (history.length === 0) return null;
  return (
    <details class="prompt-history">
      <summary>Earlier statements</summary>
      <ol aria-label="Earlier statements, newest first">
        {history.map((sql) => (
          <li key={sql}>
            <button type="button" class="table-item" onClick={() => showStatement(store, sql)}>
              {sql.length > 200 ? `${sql.slice(0, 200)} …` : sql}
            </button>
          </li>
        ))}
      </ol>
      <button
        type="button"
        class="button button-small"
        onClick={() => clearHistory(store, plugin)}
      >
        Delete these statements
      </button>
    </details>
  );
}
