// What all plugins of a node are at, in numbers: for metrics. Runs wherever handlers run.

import type { BackupUse, LoadedFiles } from "../database/session.ts";
import type { Outcome } from "../outcome.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { compareDatabase, loadFiles } from "./compare_database.ts";
import type { HandlerContext } from "./context.ts";
import { stateOf } from "./known_plans.ts";

/** The databases of one plugin together: its own, and those of its tenants. */
export interface SurveyedPlugin {
  readonly plugin: string;
  readonly databases: number;
  /** Migrations that are not applied, in all of its databases. */
  readonly pending: number;
  /** Those of them that failed. */
  readonly failed: number;
  /** Databases whose applied files changed or vanished, or have late ones. */
  readonly drifted: number;
  /** Databases that cannot be compared: they, or the files, cannot be read. */
  readonly unreadable: number;
  /** `null` where they cannot be read. */
  readonly backups: BackupUse | null;
}

/** The numbers of one database. */
interface DatabaseNumbers extends Omit<SurveyedPlugin, "plugin" | "databases" | "backups"> {
  /** Whether nothing was ever attempted. */
  readonly isUnused: boolean;
}

/** The numbers of databases by name, with the state in which they were read. */
type KnownNumbers = Map<string, { readonly state: string; readonly numbers: DatabaseNumbers }>;

/**
 * Surveys the plugins, one database after another, so that other requests find a thread. A database
 * is read again only if it or the files have changed.
 */
export class Surveyor {
  readonly #context: HandlerContext;
  #known: KnownNumbers = new Map();
  #running: Promise<readonly SurveyedPlugin[] | null> | null = null;

  constructor(context: HandlerContext) {
    this.#context = context;
  }

  /** The plugins as they are now; `null` where they cannot be listed. */
  survey(): Promise<readonly SurveyedPlugin[] | null> {
    this.#running ??= this.#surveyAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #surveyAll(): Promise<readonly SurveyedPlugin[] | null> {
    const listed = await this.#context.source.plugins();
    if (!listed.ok) return null;
    const before = this.#known;
    this.#known = new Map();
    const surveyed: SurveyedPlugin[] = [];
    for (const plugin of listed.names) surveyed.push(await this.#surveyPlugin(plugin, before));
    return surveyed;
  }

  async #surveyPlugin(plugin: string, before: KnownNumbers): Promise<SurveyedPlugin> {
    const { databases } = this.#context;
    const listed = await databases.tenantsOf?.(plugin) ?? { ok: true, value: [] };
    const tenants = listed.ok ? listed.value : [];
    // Files are parsed only where a database has to be compared.
    let loading: Promise<Outcome<LoadedFiles>> | null = null;
    const load = (): Promise<Outcome<LoadedFiles>> => loading ??= loadFiles(plugin, this.#context);
    const each: DatabaseNumbers[] = [];
    for (const tenant of [null, ...tenants]) {
      const numbers = await this.#numbersOf({ plugin, tenant }, before, load);
      // A plugin that migrates its tenants alone has no database of its own.
      if (tenant === null && tenants.length > 0 && numbers.isUnused) continue;
      each.push(numbers);
    }
    const sum = (of: (numbers: DatabaseNumbers) => number): number =>
      each.reduce((total, numbers) => total + of(numbers), 0);
    return {
      plugin,
      databases: each.length,
      pending: sum(({ pending }) => pending),
      failed: sum(({ failed }) => failed),
      drifted: sum(({ drifted }) => drifted),
      unreadable: sum(({ unreadable }) => unreadable) + (listed.ok ? 0 : 1),
      backups: await databases.backupsOf?.(plugin) ?? null,
    };
  }

  async #numbersOf(
    address: DatabaseAddress,
    before: KnownNumbers,
    load: () => Promise<Outcome<LoadedFiles>>,
  ): Promise<DatabaseNumbers> {
    const name = databaseName(address);
    const state = stateOf(address, this.#context);
    const known = before.get(name);
    if (state !== null && known?.state === state) {
      this.#known.set(name, known);
      return known.numbers;
    }
    const numbers = await this.#compare(address, load);
    if (state !== null && numbers.unreadable === 0) this.#known.set(name, { state, numbers });
    return numbers;
  }

  async #compare(
    address: DatabaseAddress,
    load: () => Promise<Outcome<LoadedFiles>>,
  ): Promise<DatabaseNumbers> {
    const loaded = await load();
    const compared = loaded.ok
      ? await compareDatabase(address, loaded.value, this.#context)
      : loaded;
    if (!compared.ok) return { pending: 0, failed: 0, drifted: 0, unreadable: 1, isUnused: false };
    const { history, pending, failed, drift } = compared.value;
    const drifted = drift.length === 0 ? 0 : 1;
    return { pending, failed, drifted, unreadable: 0, isUnused: history.length === 0 };
  }
}
