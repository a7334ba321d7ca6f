// Why there is no run, and a link to the step that blocks it. Runs in the browser.

import type { JSX } from "preact";
import type { NoRun } from "../model/step_action.ts";
import { goTo } from "../state/navigate.ts";
import { useStore } from "../state/store_context.ts";

/** The reason, with a link to the step that it is about. */
export function BlockedWords({ action }: { readonly action: NoRun }): JSX.Element {
  const store = useStore();
  const { reason, blocker } = action;
  if (blocker === null || blocker === store.step.value?.key) return <>{reason}</>;
  return (
    <>
      {reason}{" "}
      <button
        type="button"
        class="link"
        onClick={() => goTo(store, { view: "migrations", step: blocker })}
      >
        Show it
      </button>
    </>
  );
}
