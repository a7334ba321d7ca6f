// Opens the sandbox from a page. For browsers; small, for all the work is done in workers.

import * as Comlink from "comlink";
import type { Sandbox, SandboxEvent, SandboxOptions, SandboxState } from "./sandbox.ts";
import type { SandboxWorker } from "./sandbox_worker.ts";
import { startWorker } from "./start_worker.ts";

export type * from "./sandbox.ts";

const DEFAULT_NAME = "godwit";

/**
 * Starts the sandbox's worker and joins the tabs of its name. Rejects where the worker cannot be
 * loaded or SQLite cannot be started. When the page is left, the worker is ended, so that another tab
 * takes over at once; a page that comes back from the back-forward cache has to open it anew.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (!isSecureContext) {
    throw new Error(
      "Cannot start the sandbox: browsers keep files and locks for pages of https:// and localhost alone",
    );
  }
  const worker = startWorker(options.workerUrl, "godwit");
  const { promise: death, reject } = Promise.withResolvers<never>();
  death.catch(() => {});
  worker.addEventListener("error", (event) => {
    reject(
      new Error(`Cannot start the sandbox: ${event.message || "its worker cannot be loaded"}`),
    );
  });
  const remote = Comlink.wrap<SandboxWorker>(worker);
  const listeners = new Set<(event: SandboxEvent) => void>();
  let state: SandboxState | null = null;
  const onEvent = (event: SandboxEvent): void => {
    if (event.kind === "state") state = event.state;
    for (const listener of listeners) listener(event);
  };
  const end = (): void => worker.terminate();
  globalThis.addEventListener("pagehide", end);
  const absolute = (url: string | URL): string => new URL(url, location.href).href;
  try {
    const opening = {
      name: options.name ?? DEFAULT_NAME,
      bundles: (options.bundles ?? []).map(absolute),
      manifest: options.manifest === undefined ? null : absolute(options.manifest),
    };
    await Promise.race([remote.open(opening, Comlink.proxy(onEvent)), death]);
  } catch (error) {
    end();
    throw error;
  }
  return {
    request: (...args) => remote.request(...args),
    plugins: () => remote.plugins(),
    sourceProblems: () => remote.sourceProblems(),
    files: (...args) => remote.files(...args),
    schema: (plugin) => remote.schema(plugin),
    query: (...args) => remote.query(...args),
    exportDatabase: (...args) => remote.exportDatabase(...args),
    backups: (plugin) => remote.backups(plugin),
    deleteBackup: (...args) => remote.deleteBackup(...args),
    importDatabase: (...args) => remote.importDatabase(...args),
    keepFiles: (...args) => remote.keepFiles(...args),
    forgetFiles: (plugin) => remote.forgetFiles(plugin),
    connectNats: (choice) => remote.connectNats(choice),
    disconnectNats: () => remote.disconnectNats(),
    subscribe(listener) {
      listeners.add(listener);
      if (state !== null) listener({ kind: "state", state });
      return Promise.resolve(() => listeners.delete(listener));
    },
    async close() {
      await remote.close();
      globalThis.removeEventListener("pagehide", end);
      end();
    },
  };
}
