// The list of plugins, and the place to drop files. Runs in the browser.

import type { JSX } from "preact";
import { useStore } from "../state/store_context.ts";
import { DropZone } from "./drop_zone.tsx";
import { PluginItem } from "./plugin_item.tsx";

/** The plugins as a list of links. */
export function PluginList(): JSX.Element {
  const store = useStore();
  const plugins = store.plugins.value;
  return (
    <aside class="sidebar">
      <nav aria-labelledby="plugins-heading">
        <h2 id="plugins-heading" class="section-heading">Plugins</h2>
        {plugins === null
          ? store.startProblem.value === null && (
            <ul class="plugin-list placeholder" aria-hidden="true">
              <li />
              <li />
            </ul>
          )
          : (
            <ul class="plugin-list">
              {plugins.map((entry) => <PluginItem key={entry.name} entry={entry} />)}
            </ul>
          )}
        {plugins?.length === 0 && <p class="quiet">None yet</p>}
      </nav>
      <DropZone />
    </aside>
  );
}
