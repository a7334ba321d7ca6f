// The root component of the page. Runs in the browser.

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { useStore } from "../state/store_context.ts";
import { CellDialog } from "./cell_dialog.tsx";
import { ConfirmDialog } from "./confirm_dialog.tsx";
import { DatabaseDialog } from "./database_dialog.tsx";
import { FleetPart } from "./fleet_part.tsx";
import { NamingDialog } from "./naming_dialog.tsx";
import { NatsDialog } from "./nats_dialog.tsx";
import { Notices } from "./notices.tsx";
import { PageHeader } from "./page_header.tsx";
import { PluginList } from "./plugin_list.tsx";
import { PluginView } from "./plugin_view.tsx";
import { SharedView } from "./shared_view.tsx";
import { Toast } from "./toast.tsx";
import { Welcome } from "./welcome.tsx";

/** Header, list of plugins, and what is shown: a plugin, a link or the fleet. */
export function App(): JSX.Element {
  const store = useStore();
  const main = useRef<HTMLElement>(null);
  const entry = store.entry.value;
  const shared = store.shared.value;
  const fleet = store.fleetPlace.value;
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {fleet === null ? "Skip to the plugin" : "Skip to the fleet"}
      </button>
      <PageHeader />
      <Notices />
      <div class="page-body">
        <PluginList />
        <main
          class="page-main"
          ref={main}
          tabIndex={-1}
          aria-label={fleet === null ? "Plugin" : "Fleet"}
        >
          {fleet !== null
            ? <FleetPart place={fleet} />
            : shared !== null
            ? <SharedView shared={shared} />
            : entry === null
            ? <Welcome />
            : <PluginView key={entry.name} entry={entry} />}
        </main>
      </div>
      <ConfirmDialog />
      <NamingDialog />
      <DatabaseDialog />
      <CellDialog />
      <NatsDialog />
      <Toast />
    </>
  );
}
