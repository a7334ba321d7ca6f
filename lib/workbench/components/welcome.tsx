// The view while no plugin is selected. Runs in the browser.

import type { JSX } from "preact";
import { useStore } from "../state/store_context.ts";

/** How to begin. */
export function Welcome(): JSX.Element {
  const store = useStore();
  if (store.plugins.value === null) {
    return <p class="quiet page-waiting">Opening the sandbox …</p>;
  }
  return (
    <section class="welcome">
      <h2>No plugins yet</h2>
      <p>
        Drop a folder <code>my-plugin/migrations/</code>{" "}
        with .sql files onto the page, or choose files. They stay in this browser.
      </p>
    </section>
  );
}
