// The two buttons of a run: trying it, and doing it. Runs in the browser.

import type { JSX } from "preact";
import type { PlannedRun } from "../model/step_action.ts";
import { dryRun, run } from "../state/run.ts";
import { useStore } from "../state/store_context.ts";

interface RunButtonsProps {
  readonly plugin: string;
  /** `null` while nothing can be run. */
  readonly planned: PlannedRun | null;
  readonly labels: { readonly dryRun: string; readonly run: string };
  /** Marks the button that runs. */
  readonly look: "" | "button-primary" | "button-danger";
  /** What is done before either. */
  readonly onStart?: () => void;
}

/** Both buttons. */
export function RunButtons(
  { plugin, planned, labels, look, onStart }: RunButtonsProps,
): JSX.Element {
  const store = useStore();
  const isBusy = store.isBusy(plugin);
  const start = (request: typeof run): void => {
    if (planned === null || isBusy) return;
    onStart?.();
    void request(store, plugin, planned);
  };
  // `aria-disabled`, because `disabled` would take the focus from a button while a run goes on.
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={planned === null}
        aria-disabled={isBusy}
        onClick={() => start(dryRun)}
      >
        {labels.dryRun}
      </button>
      <button
        type="button"
        class={`button ${look}`}
        disabled={planned === null}
        aria-disabled={isBusy}
        onClick={() => start(run)}
      >
        {labels.run}
      </button>
    </>
  );
}
