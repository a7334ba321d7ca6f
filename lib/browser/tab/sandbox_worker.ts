// The worker of a tab. It runs everything except SQL. For browsers.

import * as Comlink from "comlink";
import type { NatsChoice, Sandbox, SandboxEvent } from "../sandbox.ts";
import type { OwnCall, SandboxCalls } from "../sandbox_calls.ts";
import { TabSandbox } from "./tab_sandbox.ts";

/** How the page opens the sandbox. URLs are absolute. */
export interface OpeningOptions {
  readonly name: string;
  readonly bundles: readonly string[];
  readonly trust: readonly string[];
  readonly manifest: string | null;
}

/** What the page calls. The events go to the callback of `open()`. */
export type TabCalls = SandboxCalls & Pick<Sandbox, Exclude<OwnCall, "subscribe">>;

/** The worker, before it has opened the sandbox. */
export interface SandboxWorker {
  /** Calls `onEvent` with the state, then with every event. */
  open(
    options: OpeningOptions,
    onEvent: (event: SandboxEvent) => void | Promise<void>,
  ): Promise<TabCalls & Comlink.ProxyMarked>;
}

const worker: SandboxWorker = {
  async open(options, onEvent) {
    const tab = await TabSandbox.open({
      ...options,
      databaseWorkerUrl: new URL("./database_worker.js", import.meta.url).href,
      wasmUrl: new URL("./sqlite3.wasm", import.meta.url).href,
      onEvent: (event) => void onEvent(event),
    });
    return Comlink.proxy({
      ...tab.calls,
      connectNats: (choice: NatsChoice) => tab.nats.connect(choice),
      disconnectNats: () => tab.nats.disconnect(),
      close: () => tab.close(),
    });
  },
};

Comlink.expose(worker);
