// The worker of a tab. It runs everything except SQL. For browsers.

import * as Comlink from "comlink";
import type { NatsChoice, Sandbox, SandboxEvent } from "../sandbox.ts";
import { TabSandbox } from "./tab_sandbox.ts";

/** How the page opens the sandbox. URLs are absolute. */
export interface OpeningOptions {
  readonly name: string;
  readonly bundles: readonly string[];
  readonly manifest: string | null;
}

/** The calls of the worker. */
export interface SandboxWorker extends Omit<Sandbox, "subscribe"> {
  /** Calls `onEvent` with the state, then with every event. */
  open(
    options: OpeningOptions,
    onEvent: (event: SandboxEvent) => void | Promise<void>,
  ): Promise<void>;
}

let opening: Promise<TabSandbox> | null = null;

function opened(): Promise<TabSandbox> {
  if (opening === null) throw new Error("The sandbox has not been opened");
  return opening;
}

const worker: SandboxWorker = {
  async open(options, onEvent) {
    opening = TabSandbox.open({
      ...options,
      databaseWorkerUrl: new URL("./database_worker.js", import.meta.url).href,
      wasmUrl: new URL("./sqlite3.wasm", import.meta.url).href,
      onEvent: (event) => void onEvent(event),
    });
    await opening;
  },
  request: async (...args) => await (await opened()).calls.request(...args),
  plugins: async () => await (await opened()).calls.plugins(),
  sourceProblems: async () => await (await opened()).calls.sourceProblems(),
  files: async (...args) => await (await opened()).calls.files(...args),
  schema: async (...args) => await (await opened()).calls.schema(...args),
  query: async (...args) => await (await opened()).calls.query(...args),
  exportDatabase: async (...args) => await (await opened()).calls.exportDatabase(...args),
  backups: async (...args) => await (await opened()).calls.backups(...args),
  deleteBackup: async (...args) => await (await opened()).calls.deleteBackup(...args),
  importDatabase: async (...args) => await (await opened()).calls.importDatabase(...args),
  keepFiles: async (...args) => await (await opened()).calls.keepFiles(...args),
  forgetFiles: async (...args) => await (await opened()).calls.forgetFiles(...args),
  connectNats: async (choice: NatsChoice) => await (await opened()).nats.connect(choice),
  disconnectNats: async () => await (await opened()).nats.disconnect(),
  close: async () => await (await opened()).close(),
};

Comlink.expose(worker);
