// What all plugins of a node are at, in numbers: for metrics. Runs wherever handlers run.

import type { BackupUse } from "../database/session.ts";
import { compareDatabase, type ComparedDatabase, PluginFiles } from "./compare_database.ts";
import type { HandlerContext } from "./context.ts";

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

/**
 * Surveys the plugins, one database after another, so that other requests find a thread. A database
 * is read again only where it or the files have changed.
 */
export class Surveyor {
  readonly #context: HandlerContext;
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
    const surveyed: SurveyedPlugin[] = [];
    for (const plugin of listed.names) surveyed.push(await this.#surveyPlugin(plugin));
    return surveyed;
  }

  async #surveyPlugin(plugin: string): Promise<SurveyedPlugin> {
    const { databases } = this.#context;
    const listed = await databases.tenantsOf?.(plugin) ?? { ok: true, value: [] };
    const tenants = listed.ok ? listed.value : [];
    const files = new PluginFiles(plugin, this.#context);
    const each: (ComparedDatabase | null)[] = [];
    for (const tenant of [null, ...tenants]) {
      const compared = await compareDatabase({ plugin, tenant }, files, this.#context);
      const numbers = compared.ok ? compared.value : null;
      // A plugin that migrates its tenants alone has no database of its own.
      if (tenant === null && tenants.length > 0 && numbers?.isUnused === true) continue;
      each.push(numbers);
    }
    const readable = each.filter((numbers) => numbers !== null);
    const sum = (of: (numbers: ComparedDatabase) => number): number =>
      readable.reduce((total, numbers) => total + of(numbers), 0);
    return {
      plugin,
      databases: each.length,
      pending: sum(({ pending }) => pending),
      failed: sum(({ failed }) => failed),
      drifted: sum(({ isDrifted }) => isDrifted ? 1 : 0),
      unreadable: each.length - readable.length + (listed.ok ? 0 : 1),
      backups: await databases.backupsOf?.(plugin) ?? null,
    };
  }
}
