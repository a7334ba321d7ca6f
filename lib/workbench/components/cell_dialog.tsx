// Changes one cell, by a statement that is shown first. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { type CellInput, inputFor, updateStatement } from "../model/cell_edit.ts";
import { runConfirmed } from "../state/prompt.ts";
import type { EditedCell } from "../state/data_state.ts";
import { useStore } from "../state/store_context.ts";
import { Modal } from "./modal.tsx";

const KINDS: readonly (readonly [CellInput["kind"], string])[] = [
  ["text", "Text"],
  ["number", "Number"],
  ["null", "NULL"],
];

/** The dialog, open while a cell is edited. */
export function CellDialog(): JSX.Element | null {
  const editing = useStore().editing.value;
  return editing === null ? null : <CellForm editing={editing} />;
}

function CellForm({ editing }: { readonly editing: EditedCell }): JSX.Element {
  const store = useStore();
  const { table, column, value, where } = editing;
  const present = inputFor(value) ?? { kind: "null" };
  const kind = useSignal<CellInput["kind"]>(present.kind === "null" ? "text" : present.kind);
  const text = useSignal(present.kind === "null" ? "" : present.text);
  const input: CellInput = kind.value === "null"
    ? { kind: "null" }
    : { kind: kind.value, text: text.value };
  const sql = updateStatement(table, column, input, where);
  const close = (): void => void (store.editing.value = null);
  return (
    <Modal title={`Change ${column} of ${table}`} onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (sql === null) return;
          close();
          void runConfirmed(store, sql);
        }}
      >
        <label class="field">
          Value
          <textarea
            rows={3}
            class="mono"
            value={text.value}
            disabled={kind.value === "null"}
            spellcheck={false}
            onInput={(event) => text.value = event.currentTarget.value}
          />
        </label>
        <label class="field">
          Type
          <select
            value={kind.value}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              kind.value = KINDS.find(([each]) => each === chosen)?.[0] ?? "text";
            }}
          >
            {KINDS.map(([each, label]) => <option key={each} value={each}>{label}</option>)}
          </select>
        </label>
        <div role="status" class="cell-sql">
          {sql === null
            ? <p class="problem-text">This is not a number, such as 12 or 2.5</p>
            : <pre class="mono" tabIndex={0} aria-label="The statement to run">{sql}</pre>}
        </div>
        <p class="quiet">
          The statement is tried first, and the database is backed up, so that it can be undone.
        </p>
        <div class="modal-actions">
          <button type="button" class="button" onClick={close}>Cancel</button>
          <button type="submit" class="button button-primary" disabled={sql === null}>
            Run this statement
          </button>
        </div>
      </form>
    </Modal>
  );
}
