// Compares the history of a database with the files of its plugin; nothing is rehearsed. Runs
// wherever handlers run.

import type { LoadedFiles } from "../database/session.ts";
import { isError } from "../finding/finding.ts";
import type { Outcome } from "../outcome.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { currentVersion, type History, lastRunIn, notApplied } from "../plan/history.ts";
import { driftFindings } from "../rule/drift.ts";
import type { HandlerContext } from "./context.ts";
import { stateOf } from "./known.ts";
import { readBesideRuns } from "./read_beside_runs.ts";

/** What a history says beside the files. */
export interface ComparedDatabase {
  /** The highest applied version. */
  readonly currentVersion: number;
  /** How many files are not applied. */
  readonly pending: number;
  /** The lowest version that is not applied; `null` where every one is. */
  readonly firstPending: number | null;
  /** How many of them failed. */
  readonly failed: number;
  /** Whether files changed, vanished or came late after others were applied. */
  readonly isDrifted: boolean;
  /** Why nothing can be applied to it, as far as files and history say. */
  readonly problem: string | null;
  /** When a migration was last applied or rolled back, ISO 8601; `null` where none was. */
  readonly lastRun: string | null;
  /** Whether nothing was ever attempted. */
  readonly isUnused: boolean;
  /** Whether a run has the database. */
  readonly isLocked: boolean;
}

/** The files of a plugin, for many databases: parsed once, and only where one is to be compared. */
export class PluginFiles {
  readonly #plugin: string;
  readonly #context: HandlerContext;
  #state: string | null;
  #loading: Promise<Outcome<LoadedFiles>> | null = null;

  constructor(plugin: string, context: HandlerContext) {
    this.#plugin = plugin;
    this.#context = context;
    this.#state = this.#stateNow();
  }

  /** The state in which they were; `null` where that cannot be said. */
  get state(): string | null {
    return this.#state;
  }

  /** Reads and parses them. */
  load(): Promise<Outcome<LoadedFiles>> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<Outcome<LoadedFiles>> {
    const { source, databases } = this.#context;
    const found = await source.find(this.#plugin);
    if (!found.found) return { ok: false, code: "no-plugin", message: found.message };
    await using session = await databases.open({ kind: "empty", plugin: this.#plugin }, "read");
    const loaded = await session.load(found.files);
    if (this.#state !== this.#stateNow()) this.#state = null;
    return loaded;
  }

  #stateNow(): string | null {
    return this.#context.source.stateOf?.(this.#plugin) ?? null;
  }
}

/**
 * Compares one database, beside a run as the run's last snapshot says. Where neither it nor the files
 * have changed since the last time, it is not opened.
 */
export async function compareDatabase(
  address: DatabaseAddress,
  files: PluginFiles,
  context: HandlerContext,
): Promise<Outcome<ComparedDatabase>> {
  const { compared: kept } = context.known;
  const state = (): string | null => stateOf(address, context, () => files.state);
  const before = state();
  const known = before === null ? null : kept.get(address, before);
  if (known !== null && context.locks.current(address) === null) return { ok: true, value: known };
  const loaded = await files.load();
  if (!loaded.ok) return loaded;
  const read = await readBesideRuns<HistoryBesideRuns>(address, context, {
    snapshot: ({ history }) => ({ history, isLocked: true }),
    database: async (session) => {
      const history = await session.history();
      return history.ok
        ? { ok: true, value: { history: history.value, isLocked: false } }
        : history;
    },
  });
  if (!read.ok) return read;
  const compared = compare(loaded.value, read.value);
  if (before !== null && !compared.isLocked && before === state()) {
    kept.keep(address, before, compared);
  }
  return { ok: true, value: compared };
}

interface HistoryBesideRuns {
  readonly history: History;
  readonly isLocked: boolean;
}

function compare(files: LoadedFiles, { history, isLocked }: HistoryBesideRuns): ComparedDatabase {
  const pending = notApplied(files.migrations, history);
  const drift = driftFindings(files, history).filter(isError);
  const problem = [...files.findings, ...drift].find(isError);
  return {
    currentVersion: currentVersion(history),
    pending: pending.length,
    firstPending: pending.reduce<number | null>(
      (first, { version }) => first === null ? version : Math.min(first, version),
      null,
    ),
    failed: history.filter(({ status }) => status === "failed").length,
    isDrifted: drift.length > 0,
    problem: problem?.message ?? null,
    lastRun: lastRunIn(history),
    isUnused: history.length === 0,
    isLocked,
  };
}
