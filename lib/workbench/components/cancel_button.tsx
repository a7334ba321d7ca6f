// Cancels the run of a plugin. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { cancelRun } from "../state/run.ts";
import { useStore } from "../state/store_context.ts";

/** Shown while something runs that can be cancelled. */
export function CancelButton({ plugin }: { readonly plugin: string }): JSX.Element | null {
  const store = useStore();
  const isCancelling = useSignal(false);
  // Nothing runs while the page waits for an answer.
  if (!store.isBusy(plugin) || store.question.value !== null) return null;
  return (
    <button
      type="button"
      class="button button-small"
      aria-disabled={isCancelling.value}
      onClick={() => {
        if (isCancelling.value) return;
        isCancelling.value = true;
        void cancelRun(store, plugin).finally(() => isCancelling.value = false);
      }}
    >
      {isCancelling.value ? "Cancelling …" : "Cancel"}
    </button>
  );
}
