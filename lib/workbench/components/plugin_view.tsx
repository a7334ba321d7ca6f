// A plugin: its head, and the selected view. Runs in the browser.

import type { JSX } from "preact";
import type { PluginEntry } from "../../browser/sandbox.ts";
import type { View } from "../model/route.ts";
import { useStore } from "../state/store_context.ts";
import { DataView } from "./data_view.tsx";
import { HistoryView } from "./history_view.tsx";
import { MessagesView } from "./messages_view.tsx";
import { MigrationsView } from "./migrations_view.tsx";
import { PlaygroundView } from "./playground_view.tsx";
import { PluginHead } from "./plugin_head.tsx";
import { PluginPageView } from "./plugin_page_view.tsx";
import { SchemaView } from "./schema_view.tsx";
import { ViewTabs } from "./view_tabs.tsx";

/** The selected plugin. */
export function PluginView({ entry }: { readonly entry: PluginEntry }): JSX.Element {
  const { view } = useStore().route.value;
  return (
    <>
      <PluginHead entry={entry} />
      <ViewTabs hasPage={entry.page !== null} />
      <div
        class="view"
        role="tabpanel"
        id="view-panel"
        aria-labelledby={`tab-${view}`}
        tabIndex={-1}
      >
        {showView(view, entry)}
      </div>
    </>
  );
}

function showView(view: View, entry: PluginEntry): JSX.Element {
  switch (view) {
    case "migrations":
      return <MigrationsView plugin={entry.name} />;
    case "data":
      return <DataView plugin={entry.name} />;
    case "history":
      return <HistoryView />;
    case "playground":
      return <PlaygroundView plugin={entry.name} />;
    case "schema":
      return <SchemaView entry={entry} />;
    case "messages":
      return <MessagesView plugin={entry.name} />;
    case "page":
      return <PluginPageView entry={entry} />;
  }
  view satisfies never;
}
