// The main job of a plugin: trying and applying everything that is pending. Runs in the browser.

import type { JSX } from "preact";
import { applyAll } from "../model/step_action.ts";
import { goTo } from "../state/navigate.ts";
import { useStore } from "../state/store_context.ts";
import { BlockedWords } from "./blocked_words.tsx";
import { RunButtons } from "./run_buttons.tsx";

/** The buttons, or why they cannot be used; nothing while nothing is pending. */
export function MainJob({ plugin }: { readonly plugin: string }): JSX.Element | null {
  const store = useStore();
  const status = store.status.value;
  if (status === null || status.pending_count === 0) return null;
  const action = applyAll(status);
  const isSeen = store.seen.value === plugin;
  const planned = action.verb === "none" || isSeen ? null : action;
  return (
    <>
      <div class="main-job" role="group" aria-label="Everything pending">
        <RunButtons
          plugin={plugin}
          planned={planned}
          labels={{ dryRun: "Dry run all", run: "Apply all" }}
          look="button-primary"
          // The result is shown there.
          onStart={() => goTo(store, { view: "migrations" })}
        />
      </div>
      {action.verb === "none" && (
        <p class="main-job-words">
          <BlockedWords action={action} />
        </p>
      )}
    </>
  );
}
