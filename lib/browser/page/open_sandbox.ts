// Opens the sandbox. For pages of browsers; small, because the work is done in workers.

import * as Comlink from "comlink";
import { Ending } from "../../database/ending.ts";
import type { Sandbox, SandboxEvent, SandboxOptions, SandboxState } from "../sandbox.ts";
import { type SandboxCalls, sandboxCalls } from "../sandbox_calls.ts";
import type { SandboxWorker, TabCalls } from "../tab/sandbox_worker.ts";
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
  const ask = <T>(call: () => Promise<T>): Promise<T> => {
    if (isClosed) end();
    return closed.before(call());
  };
  globalThis.addEventListener("pagehide", leave);
  const absolute = (url: string | URL): string => new URL(url, location.href).href;
  let tab: TabCalls;
  try {
    const opening = {
      name,
      bundles: (options.bundles ?? []).map(absolute),
      trust: options.trust ?? [],
      manifest: options.manifest === undefined ? null : absolute(options.manifest),
    };
    tab = await broken.before(
      Comlink.wrap<SandboxWorker>(worker).open(opening, Comlink.proxy(onEvent)),
    );
  } catch (error) {
    end();
    throw error;
  }
  const calls: SandboxCalls = tab;
  return {
    ...sandboxCalls((name) => (...args) => ask(() => calls[name](...args))),
    connectNats: (choice) => ask(() => tab.connectNats(choice)),
    disconnectNats: () => ask(() => tab.disconnectNats()),
    subscribe(listener) {
      listeners.add(listener);
      if (state !== null) listener({ kind: "state", state });
      return Promise.resolve(() => listeners.delete(listener));
    },
    async close() {
      if (isClosed) return;
      await ask(() => tab.close());
      globalThis.removeEventListener("pagehide", leave);
      end();
    },
  };
}
