// Asks for the plugin of loose SQL files. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { count } from "../model/words.ts";
import { nameFiles } from "../state/files.ts";
import type { Naming } from "../state/store.ts";
import { useStore } from "../state/store_context.ts";
import { Modal } from "./modal.tsx";
import { isTaken, PluginField } from "./plugin_field.tsx";

/** The dialog, open while dropped files have no plugin. */
export function NamingDialog(): JSX.Element | null {
  const naming = useStore().naming.value;
  return naming === null ? null : <NamingForm naming={naming} />;
}

function NamingForm({ naming }: { readonly naming: Naming }): JSX.Element {
  const store = useStore();
  const name = useSignal(naming.suggestion);
  const problem = useSignal<string | null>(null);
  const close = (): void => void (store.naming.value = null);
  return (
    <Modal title="Choose the plugin of these files" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void nameFiles(store, name.value).then((message) => problem.value = message);
        }}
      >
        <p>
          {count(naming.files.length, "file")}: {naming.files.map(({ file }) => file).join(", ")}
        </p>
        <PluginField name={name} isWrong={problem.value !== null} describedBy="naming-hint" />
        <p id="naming-hint" class="quiet" role="status">
          {problem.value ?? (isTaken(store, name.value)
            ? "This plugin exists; these files replace its files"
            : "The files are saved in this browser")}
        </p>
        <div class="modal-actions">
          <button type="button" class="button" onClick={close}>Cancel</button>
          <button type="submit" class="button button-primary">Save files</button>
        </div>
      </form>
    </Modal>
  );
}
