// Opens the sandbox. For pages of browsers; small, because the work is done in workers.

import * as Comlink from "comlink";
import { Ending } from "../../database/ending.ts";
import type { Sandbox, SandboxEvent, SandboxOptions, SandboxState } from "../sandbox.ts";
import type { SandboxWorker } from "../tab/sandbox_worker.ts";
import { startWorker } from "../start_worker.ts";

const DEFAULT_NAME = "godwit";

/**
 * Starts the sandbox's worker and joins the tabs of the same name. Rejects if the worker cannot be
 * loaded or SQLite cannot be started. On `pagehide` the worker is terminated, so that another tab
 * takes over at once; reload a page that is restored from the back-forward cache. After `close()`,
 * calls reject, and so do pending ones.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (!isSecureContext) {
    throw new Error(
      "Cannot start the sandbox: browsers allow files and locks on https:// and localhost only",
    );
  }
  const { name = DEFAULT_NAME } = options;
  // The browser refuses such a directory as it refuses OPFS, so databases would be in memory.
  if (["", ".", ".."].includes(name) || /[/\\]/.test(name)) {
    throw new Error(
      `Cannot start the sandbox: ${
        JSON.stringify(name)
      } is not a valid directory name; choose one like ${DEFAULT_NAME}`,
    );
  }
  const worker = startWorker(options.workerUrl, "godwit");
  const broken = new Ending();
  worker.addEventListener("error", (event) => {
    broken.fail(
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
  const closed = new Ending();
  let isClosed = false;
  // Do not reject pending calls on pagehide: no code is left to handle them.
  const leave = (): void => {
    isClosed = true;
    worker.terminate();
  };
  const end = (): void => {
    leave();
    closed.fail(new Error("The sandbox is closed; open it again"));
  };
  const ask = <T>(call: () => T): Promise<Awaited<T>> => {
    if (isClosed) end();
    return closed.before(call());
  };
  globalThis.addEventListener("pagehide", leave);
  const absolute = (url: string | URL): string => new URL(url, location.href).href;
  try {
    const opening = {
      name,
      bundles: (options.bundles ?? []).map(absolute),
      manifest: options.manifest === undefined ? null : absolute(options.manifest),
    };
    await broken.before(remote.open(opening, Comlink.proxy(onEvent)));
  } catch (error) {
    end();
    throw error;
  }
  return {
    request: (...args) => ask(() => remote.request(...args)),
    plugins: () => ask(() => remote.plugins()),
    sourceProblems: () => ask(() => remote.sourceProblems()),
    files: (...args) => ask(() => remote.files(...args)),
    schema: (plugin) => ask(() => remote.schema(plugin)),
    query: (...args) => ask(() => remote.query(...args)),
    exportDatabase: (...args) => ask(() => remote.exportDatabase(...args)),
    backups: (plugin) => ask(() => remote.backups(plugin)),
    deleteBackup: (...args) => ask(() => remote.deleteBackup(...args)),
    importDatabase: (...args) => ask(() => remote.importDatabase(...args)),
    keepFiles: (...args) => ask(() => remote.keepFiles(...args)),
    forgetFiles: (plugin) => ask(() => remote.forgetFiles(plugin)),
    connectNats: (choice) => ask(() => remote.connectNats(choice)),
    disconnectNats: () => ask(() => remote.disconnectNats()),
    subscribe(listener) {
      listeners.add(listener);
      if (state !== null) listener({ kind: "state", state });
      return Promise.resolve(() => listeners.delete(listener));
    },
    async close() {
      if (isClosed) return;
      await ask(() => remote.close());
      globalThis.removeEventListener("pagehide", leave);
      end();
    },
  };
}
