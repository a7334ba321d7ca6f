// What a node knows of the databases of one plugin: their versions, and when they were last changed.

import type { NodeReport } from "../fleet/node_report.ts";
import { compareDatabase, PluginFiles } from "../handler/compare_database.ts";
import type { HandlerContext } from "../handler/context.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { currentVersion, lastRunIn } from "../plan/history.ts";
import { databasesOf, forEachDatabase, historyOf } from "./node_databases.ts";

interface KnownDatabase {
  /** `null` where it cannot be read. */
  readonly version: number | null;
  /** Whether it has other migrations than the node's own files; `null` where there are none. */
  readonly isDrifted: boolean | null;
  /** When it was last changed, ISO 8601; `null` where it never was. */
  readonly lastRun: string | null;
  /** The state of the file in which all this was seen; `null` if it has to be looked at again. */
  readonly state: string | null;
}

const UNSEEN: KnownDatabase = { version: null, isDrifted: null, lastRun: null, state: null };

/** The databases of one plugin, as they were seen last. */
export class KnownDatabases {
  readonly #plugin: string;
  readonly #context: HandlerContext;
  readonly #known = new Map<string, KnownDatabase>();

  constructor(plugin: string, context: HandlerContext) {
    this.#plugin = plugin;
    this.#context = context;
  }

  /** Looks at all of them, `parallel` at a time. One whose file has not changed is not opened. */
  async look(parallel: number): Promise<void> {
    const addresses = await databasesOf(this.#plugin, this.#context);
    const names = new Set(addresses.map(databaseName));
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
    const files = new PluginFiles(this.#plugin, this.#context);
    await forEachDatabase(addresses, parallel, async (address) => {
      const name = databaseName(address);
      const before = this.#stateOf(address, files);
      if (before !== null && this.#known.get(name)?.state === before) return;
      const seen = await lookAt(address, files, this.#context);
      const state = this.#stateOf(address, files) === before ? before : null;
      this.#known.set(name, { ...seen, state });
    });
  }

  /** Keeps the version of a database, and that it `hasRun`. */
  note(address: DatabaseAddress, version: number | null, hasRun: boolean): void {
    const name = databaseName(address);
    const { isDrifted, lastRun } = this.#known.get(name) ?? UNSEEN;
    const now = (): string => this.#context.now().toISOString();
    const known = { version, isDrifted, lastRun: hasRun ? now() : lastRun, state: null };
    this.#known.set(name, known);
  }

  /** All of them in numbers. */
  summary(): Pick<NodeReport, "databases" | "versions" | "drifted" | "last_run"> {
    const versions: Record<string, number> = {};
    let drifted: number | null = null;
    let last: string | null = null;
    for (const { version, isDrifted, lastRun } of this.#known.values()) {
      const key = String(version ?? "?");
      versions[key] = (versions[key] ?? 0) + 1;
      if (isDrifted !== null) drifted = (drifted ?? 0) + (isDrifted ? 1 : 0);
      if (lastRun !== null && (last === null || lastRun > last)) last = lastRun;
    }
    return { databases: this.#known.size, versions, drifted, last_run: last };
  }

  #stateOf(address: DatabaseAddress, files: PluginFiles): string | null {
    const state = this.#context.databases.stateOf?.(address) ?? null;
    return state === null ? null : `${state}\n${files.state ?? ""}`;
  }
}

async function lookAt(
  address: DatabaseAddress,
  files: PluginFiles,
  context: HandlerContext,
): Promise<Omit<KnownDatabase, "state">> {
  const compared = await compareDatabase(address, files, context);
  if (compared.ok) {
    const { currentVersion: version, isDrifted, lastRun } = compared.value;
    return { version, isDrifted, lastRun };
  }
  const read = await historyOf(address, context);
  return read.ok
    ? { version: currentVersion(read.value), isDrifted: null, lastRun: lastRunIn(read.value) }
    : UNSEEN;
}
