// The sandbox of one tab, which is the owner or a guest of the owner. For browsers.

import type { Log } from "../../handler/context.ts";
import { sleep } from "../../deadline.ts";
import { reasonOf } from "../../outcome.ts";
import { Ending } from "../../database/ending.ts";
import { OwnedSandbox } from "../owner/owned_sandbox.ts";
import { type Answerer, LOST, routeCalls } from "./route_calls.ts";
import type { SandboxEvent, SandboxState } from "../sandbox.ts";
import type { SandboxCalls } from "../sandbox_calls.ts";
import { type OwnerPresence, TabChannel } from "./tab_channel.ts";
import { TabNats } from "./tab_nats.ts";

const RETRY_MS = 500;

/** How a tab opens its sandbox. URLs are absolute. */
export interface TabSandboxOptions {
  /** Tabs with the same name share databases. */
  readonly name: string;
  readonly databaseWorkerUrl: string;
  readonly wasmUrl: string;
  readonly bundles: readonly string[];
  readonly trust: readonly string[];
  readonly manifest: string | null;
  /** Receives the state, then every event. */
  readonly onEvent: (event: SandboxEvent) => void;
}

/** Another tab that owns the sandbox. */
interface Elsewhere extends Answerer {
  readonly id: string;
  readonly lose: () => void;
}

/**
 * Elects the owner by a Web Lock, which the browser passes to the next tab when its holder closes
 * or crashes: https://w3c.github.io/web-locks/. So there is at most one owner, and the tabs need no
 * protocol of their own.
 */
export class TabSandbox {
  /** The calls of this tab, answered by the owner. */
  readonly calls: SandboxCalls = routeCalls(() => this.#current());
  /** The NATS service of this tab. */
  readonly nats: TabNats = new TabNats({
    owned: () => this.#owned?.sandbox ?? null,
    onNode: (node) => this.#setState({ node }),
    onFleet: () => this.#emit({ kind: "fleet" }),
    onState: (nats) => {
      this.#setState({ nats });
      // A guest without a choice shows the state of the owner's service, so ask for it.
      if (nats.kind === "off" && this.#owned === null) this.#channel.askWho();
    },
  });
  readonly #options: TabSandboxOptions;
  readonly #channel: TabChannel;
  readonly #module: Promise<WebAssembly.Module>;
  readonly #closing = Promise.withResolvers<void>();
  readonly #abort = new AbortController();
  #owned: { readonly id: string; readonly sandbox: OwnedSandbox } | null = null;
  #elsewhere: Elsewhere | null = null;
  #answerer = Promise.withResolvers<Answerer>();
  #state: SandboxState = {
    role: "waiting",
    storage: null,
    engineVersion: null,
    nats: { kind: "off" },
    node: { kind: "off" },
  };

  private constructor(options: TabSandboxOptions) {
    this.#options = options;
    this.#channel = new TabChannel(options.name, {
      onWho: () => this.#announce(),
      onOwner: (presence) => this.#follow(presence),
      onEvent: options.onEvent,
    });
    // Guests compile the module too, so that they can take over at once.
    this.#module = compile(options.wasmUrl);
    this.#module.catch(() => {});
  }

  /**
   * Joins the tabs of a sandbox. Returns when this tab or another one is the owner. The other one
   * may be about to close, as before a reload.
   */
  static async open(options: TabSandboxOptions): Promise<TabSandbox> {
    const tab = new TabSandbox(options);
    options.onEvent({ kind: "state", state: tab.#state });
    const lock = `godwit:${options.name}`;
    const { promise: elected, resolve, reject } = Promise.withResolvers<"owner" | "guest">();
    navigator.locks.request(lock, { ifAvailable: true }, async (held) => {
      if (held === null) return resolve("guest");
      await tab.#own();
      resolve("owner");
      await tab.#closing.promise;
    }).catch(reject);
    if (await elected === "guest") {
      tab.#channel.askWho();
      navigator.locks.request(lock, { signal: tab.#abort.signal }, async () => {
        await tab.#takeOver();
        await tab.#closing.promise;
      }).catch((error: unknown) => {
        if (tab.#abort.signal.aborted) return;
        tab.#log("error", "Cannot take over", { reason: String(error) });
      });
    }
    return tab;
  }

  /** Answers the requests of NATS, rolls back other runs, and lets another tab take over. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.nats.disconnect();
    // Other tabs send their pending calls to the next owner.
    this.#channel.closeCalls();
    await this.#owned?.sandbox[Symbol.asyncDispose]();
    this.#channel.close();
    this.#closing.resolve();
  }

  // The workers come from the page's server, which may be unreachable. Callers wait until it
  // answers.
  async #takeOver(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        return await this.#own();
      } catch (error) {
        this.#log("warn", "Cannot take over yet", { reason: String(error) });
        await sleep(RETRY_MS, this.#abort.signal);
      }
    }
  }

  async #own(): Promise<void> {
    const { name, databaseWorkerUrl, wasmUrl, bundles, trust, manifest } = this.#options;
    const sandbox = await OwnedSandbox.open({
      name,
      module: this.#module.catch(() => compile(wasmUrl)),
      databaseWorkerUrl,
      bundles,
      trust,
      manifest,
      log: (level, message, fields) => this.#log(level, message, fields),
      emit: (event) => this.#emit(event),
      fleet: () => this.nats.fleet(),
    });
    this.#owned = { id: crypto.randomUUID(), sandbox };
    this.#channel.answer(sandbox);
    this.#elsewhere?.lose();
    this.#elsewhere = null;
    this.#answer({ calls: sandbox, lost: null });
    this.#setState({
      role: "owner",
      storage: sandbox.storage,
      engineVersion: sandbox.engineVersion,
      nats: { kind: "off" },
      // The owner before it may have been one.
      node: { kind: "off" },
    });
    this.#announce();
    await this.nats.begin();
  }

  /** Handles the announcement of an owner, old or new. */
  #follow({ id, state }: OwnerPresence): void {
    if (this.#owned !== null) return;
    if (this.#elsewhere?.id !== id) {
      this.#elsewhere?.lose();
      const lost = new Ending<typeof LOST>();
      this.#elsewhere = {
        id,
        calls: this.#channel.remote(),
        lost,
        lose: () => {
          this.#answerer = Promise.withResolvers();
          lost.end(LOST);
        },
      };
      this.#answer(this.#elsewhere);
    }
    this.#setState({ ...state, role: "guest", nats: this.nats.standby ?? state.nats });
  }

  #emit(event: SandboxEvent): void {
    this.#options.onEvent(event);
    this.#channel.send(event);
    if (event.kind === "database" || event.kind === "files") this.nats.changed();
  }

  #answer(answerer: Answerer): void {
    this.#answerer.resolve(answerer);
  }

  async #current(): Promise<Answerer> {
    return await this.#answerer.promise;
  }

  #announce(): void {
    if (this.#owned === null) return;
    const { role: _, ...state } = this.#state;
    this.#channel.announce({ id: this.#owned.id, state });
  }

  #setState(change: Partial<SandboxState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onEvent({ kind: "state", state: this.#state });
    this.#announce();
  }

  readonly #log: Log = (level, message, fields = {}) => {
    console[level](`godwit: ${message}`, fields);
  };
}

async function compile(wasmUrl: string): Promise<WebAssembly.Module> {
  const response = await fetch(wasmUrl).catch((error: unknown) => {
    throw new Error(`Cannot load ${wasmUrl}: ${reasonOf(error)}`, { cause: error });
  });
  if (!response.ok) throw new Error(`Cannot load ${wasmUrl}: ${response.status}`);
  // Also accept a server that sends another type for WASM.
  return response.headers.get("content-type") === "application/wasm"
    ? await WebAssembly.compileStreaming(response)
    : await WebAssembly.compile(await response.arrayBuffer());
}
