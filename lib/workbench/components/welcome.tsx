// The view while no plugin is shown: none is there, or not the one that the address names. Runs in
// the browser.

import type { JSX } from "preact";
import { useStore } from "../state/store_context.ts";

/** How to begin. */
export function Welcome(): JSX.Element {
  const store = useStore();
  // The notice has the reason.
  if (store.startProblem.value !== null) return <p class="quiet page-waiting">Not started</p>;
  if (store.plugins.value === null) {
    return <p class="quiet page-waiting">Opening the sandbox …</p>;
  }
  const { plugin } = store.route.value;
  if (plugin !== null) {
    return (
      <section class="welcome" role="status">
        <h2>There is no plugin {plugin} here</h2>
        <p>
          The address names it, and this browser and the page's server do not have it. Choose
          another plugin, or drop its folder <code>migrations/</code> onto the page.
        </p>
      </section>
    );
  }
  return (
    <section class="welcome">
      <h2>No plugins yet</h2>
      <p>
        Drop a folder <code>my-plugin/migrations/</code>{" "}
        with .sql files onto the page, or a SQLite database. They stay in this browser.
      </p>
    </section>
  );
}
