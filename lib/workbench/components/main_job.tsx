// The main job of a plugin: trying and applying everything that is pending. Runs in the browser.

import type { JSX } from "preact";
import { applyAll, type PlannedRun } from "../model/step_action.ts";
import { goTo } from "../state/navigate.ts";
import { dryRun, run } from "../state/run.ts";
import { useStore } from "../state/store_context.ts";
import { BlockedWords } from "./blocked_words.tsx";

/** The buttons, or why they cannot be used; nothing while nothing is pending. */
export function MainJob({ plugin }: { readonly plugin: string }): JSX.Element | null {
  const store = useStore();
  const status = store.status.value;
  if (status === null || status.pending_count === 0) return null;
  const action = applyAll(status);
  const isSeen = store.seen.value === plugin;
  const planned = action.verb === "none" || isSeen ? null : action;
  const isBusy = store.isBusy(plugin);
  const start = (request: (planned: PlannedRun) => Promise<void>): void => {
    if (planned === null || isBusy) return;
    // The result is shown there.
    goTo(store, { view: "migrations" });
    void request(planned);
  };
  return (
    <>
      <div class="main-job" role="group" aria-label="Everything pending">
        <button
          type="button"
          class="button"
          disabled={planned === null}
          aria-disabled={isBusy}
          onClick={() => start((all) => dryRun(store, plugin, all))}
        >
          Dry run all
        </button>
        <button
          type="button"
          class="button button-primary"
          disabled={planned === null}
          aria-disabled={isBusy}
          onClick={() => start((all) => run(store, plugin, all))}
        >
          Apply all
        </button>
      </div>
      {action.verb === "none" && (
        <p class="main-job-words">
          <BlockedWords action={action} />
        </p>
      )}
    </>
  );
}
