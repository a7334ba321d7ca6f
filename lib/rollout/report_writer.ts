// Stores the report of a node about one plugin, until the server has it.

import { sleep } from "../deadline.ts";
import { type FleetStore, FleetStoreError, reportKey, type Stored } from "../fleet/fleet_store.ts";
import type { NodeReport } from "../fleet/node_report.ts";
import type { Log } from "../handler/context.ts";

const AGAIN_MS = 1_000;
const CONFLICT_MS = 100;

/** Writes one key, of which this process is the only writer. */
export class ReportWriter {
  readonly #store: FleetStore;
  readonly #signal: AbortSignal;
  readonly #log: Log;
  readonly #key: string;
  #revision = 0;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    node: string,
    plugin: string,
    store: FleetStore,
    signal: AbortSignal,
    log: Log,
  ) {
    this.#store = store;
    this.#signal = signal;
    this.#log = log;
    this.#key = reportKey(node, plugin);
  }

  /**
   * The report that was stored last, also by an earlier process; `null` where there is none, or one
   * that this godwit cannot read, which the next `write()` replaces.
   */
  async read(): Promise<NodeReport | null> {
    let last: NodeReport | null = null;
    await this.#untilDone(async () => {
      const stored = await this.#readable();
      this.#revision = stored?.revision ?? await this.#store.reports.revision(this.#key);
      last = stored?.value ?? null;
    });
    return last;
  }

  /** Returns whether a report is stored; it is not in a bucket that was made anew. */
  async isStored(): Promise<boolean> {
    let isThere = false;
    await this.#untilDone(async () => {
      isThere = await this.#store.reports.revision(this.#key) !== 0;
    });
    return isThere;
  }

  /** Stores a report after those before it; returns false where the process is to stop first. */
  write(report: NodeReport): Promise<boolean> {
    const written = this.#writing.then(() => this.#writeNow(report));
    this.#writing = written.catch(() => {});
    return written;
  }

  async #writeNow(report: NodeReport): Promise<boolean> {
    return await this.#untilDone(async () => {
      let revision: number | null = null;
      while (revision === null && !this.#signal.aborted) {
        revision = await this.#store.reports.put(this.#key, report, this.#revision);
        if (revision !== null) break;
        // An acknowledgement was lost, the bucket was made anew, or the revision that was read was
        // an old one.
        await sleep(CONFLICT_MS, this.#signal);
        this.#revision = await this.#store.reports.revision(this.#key);
      }
      this.#revision = revision ?? this.#revision;
    });
  }

  async #readable(): Promise<Stored<NodeReport> | null> {
    try {
      return await this.#store.reports.get(this.#key);
    } catch (error) {
      if (!(error instanceof FleetStoreError) || error.code !== "unreadable") throw error;
      this.#log("warn", "The stored report of this node cannot be read and is replaced", {
        report: this.#key,
        reason: error.message,
      });
      return null;
    }
  }

  async #untilDone(work: () => Promise<void>): Promise<boolean> {
    for (let isFirst = true; !this.#signal.aborted; isFirst = false) {
      try {
        await work();
        return true;
      } catch (error) {
        if (!(error instanceof FleetStoreError)) throw error;
        if (error.code === "too-large" || error.code === "unreadable") throw error;
        if (isFirst) {
          this.#log("warn", "A report cannot be stored yet; trying again", {
            report: this.#key,
            reason: error.message,
          });
        }
        await sleep(AGAIN_MS, this.#signal);
      }
    }
    return false;
  }
}
