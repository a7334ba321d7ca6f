// Opens the sandbox and follows its events. Runs in the browser.

import { reasonOf } from "../../outcome.ts";
import type { Sandbox, SandboxEvent } from "../../browser/sandbox.ts";
import { followRun } from "../model/run_progress.ts";
import { loadEditor } from "../editor/load_editor.ts";
import { addMessage } from "../model/wire_log.ts";
import { refreshBrowsing } from "./browse.ts";
import { rehearseDraft } from "./draft.ts";
import { fleetChanged } from "./fleet.ts";
import { refreshHistory } from "./history.ts";
import { loadPlugins, loadReport, loadStatus } from "./load.ts";
import { resumeNats } from "./nats.ts";
import { startPageWorker } from "./page_worker.ts";
import { compareNow } from "./schema_draft.ts";
import { type Store, withEntry, withoutEntry } from "./store.ts";

/** Waits for the sandbox and loads the page, or shows why the sandbox cannot be opened. */
export async function start(store: Store, opening: Promise<Sandbox>): Promise<void> {
  try {
    const sandbox = await opening;
    // What shows a file is loaded while the plugin's status is on its way.
    loadEditor();
    startPageWorker();
    await sandbox.subscribe((event) => follow(store, event));
    store.sandbox.value = sandbox;
    if (store.state.value.role === "owner") void resumeNats(store);
    await loadPlugins(store);
  } catch (error) {
    store.startProblem.value = reasonOf(error);
  }
}

function follow(store: Store, event: SandboxEvent): void {
  switch (event.kind) {
    case "state": {
      const before = store.state.value;
      const { role } = event.state;
      store.state.value = event.state;
      if (before.role === "guest" && role === "owner") {
        // Another tab may have other plugins.
        void loadPlugins(store);
        // The tab's own choice applies, if it has one.
        if (before.nats.kind !== "standby") void resumeNats(store);
      }
      return;
    }
    case "run": {
      const { plugin_name: plugin } = event.event;
      const progress = followRun(store.running.value.get(plugin) ?? null, event.event);
      store.running.value = progress === null
        ? withoutEntry(store.running.value, plugin)
        : withEntry(store.running.value, plugin, progress);
      return;
    }
    case "wire":
      if (!store.isLogPaused.value) {
        store.exchanges.value = addMessage(store.exchanges.value, event.message);
      }
      return;
    case "files":
      void followFiles(store, event.plugin);
      return;
    case "database":
      void loadStatus(store, event.plugin);
      if (event.plugin === store.route.value.plugin) {
        void refreshBrowsing(store);
        void refreshHistory(store);
      }
      return;
    case "fleet":
      fleetChanged(store);
      return;
  }
  event satisfies never;
}

async function followFiles(store: Store, plugin: string): Promise<void> {
  store.reports.value = withoutEntry(store.reports.value, plugin);
  await loadPlugins(store);
  if (plugin !== store.route.value.plugin) await loadReport(store, plugin);
  compareNow(store, plugin);
  rehearseDraft(store, plugin);
}
