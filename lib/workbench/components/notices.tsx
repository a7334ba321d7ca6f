// Notices: another tab owns the databases, or nothing is stored. Runs in the browser.

import type { JSX } from "preact";
import { useStore } from "../state/store_context.ts";
import { Icon } from "./icon.tsx";

/** Notices about the sandbox; usually none. */
export function Notices(): JSX.Element {
  const store = useStore();
  const { role, storage } = store.state.value;
  const problem = store.startProblem.value;
  return (
    <div class="notices" role="status">
      {problem !== null && (
        <p class="notice" data-level="error">
          <Icon name="cross" />
          <span>
            <strong>The sandbox could not start.</strong> {problem}{" "}
            <button type="button" class="button button-small" onClick={() => location.reload()}>
              Try again
            </button>
          </span>
        </p>
      )}
      {store.sourceProblems.value.map((missing) => (
        <p key={missing} class="notice" data-level="warning">
          <Icon name="warning" />
          <span>
            <strong>Plugins may be missing.</strong> {missing}
          </span>
        </p>
      ))}
      {role === "guest" && (
        <p class="notice" data-level="info">
          <Icon name="info" />
          <span>
            <strong>Open in another tab.</strong>{" "}
            Everything works here too: that tab has the databases, and this one takes over when it
            closes.
          </span>
        </p>
      )}
      {storage?.kind === "memory" && (
        <p class="notice" data-level="warning">
          <Icon name="warning" />
          <span>
            <strong>Nothing is stored.</strong>{" "}
            The databases are in memory and are lost when this tab closes: {storage.reason}
          </span>
        </p>
      )}
    </div>
  );
}
