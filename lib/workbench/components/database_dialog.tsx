// Opens a database that was dropped as a plugin. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { count, describeSize } from "../model/words.ts";
import { openDatabase } from "../state/open_database.ts";
import type { OpenedDatabase } from "../state/data_state.ts";
import { useStore } from "../state/store_context.ts";
import { Modal } from "./modal.tsx";
import { isTaken, PluginField } from "./plugin_field.tsx";

/** The dialog, open while a dropped database has no plugin. */
export function DatabaseDialog(): JSX.Element | null {
  const opening = useStore().opening.value;
  return opening === null ? null : <DatabaseForm opening={opening} />;
}

function DatabaseForm({ opening }: { readonly opening: OpenedDatabase }): JSX.Element {
  const store = useStore();
  const { file, bytes, reading, suggestion } = opening;
  const name = useSignal(suggestion);
  const problem = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const close = (): void => void (store.opening.value = null);
  const submit = async (): Promise<void> => {
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = await openDatabase(store, opening, name.value);
    isBusy.value = false;
  };
  const baseline = reading.baseline?.ok === true ? reading.baseline.value : null;
  return (
    <Modal title="Open a database as a plugin" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p>
          {file}, {describeSize(bytes.length)}, {count(reading.tables.length, "table")}.{" "}
          {describeHistory(opening)}
        </p>
        {baseline !== null && (
          <details>
            <summary>{baseline.file}</summary>
            <pre class="baseline" tabIndex={0} aria-label={baseline.file}>{baseline.text}</pre>
          </details>
        )}
        <PluginField name={name} isWrong={problem.value !== null} describedBy="opening-problem" />
        <p
          id="opening-problem"
          class={problem.value === null ? "quiet" : "problem-text"}
          role="status"
        >
          {problem.value ?? (isTaken(store, name.value)
            ? `The database of ${name.value} is replaced, and backed up first`
            : "A copy is kept in this browser; the file itself stays as it is")}
        </p>
        <div class="modal-actions">
          <button type="button" class="button" onClick={close}>Cancel</button>
          <button type="submit" class="button button-primary" aria-disabled={isBusy.value}>
            Open as a plugin
          </button>
        </div>
      </form>
    </Modal>
  );
}

function describeHistory({ reading: { owners, files, baseline } }: OpenedDatabase): string {
  const [owner] = owners;
  if (owner !== undefined) {
    return `It has the history of ${owner}, and ${count(files.length, "file")} in its log.`;
  }
  return baseline?.ok === false
    ? `It has no history, and its schema cannot be written as a migration: ${baseline.message}.`
    : "It has no history. Its schema becomes its first migration, which is recorded as applied.";
}
