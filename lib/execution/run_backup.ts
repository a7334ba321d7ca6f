// Makes the one backup of a run, before the first step that takes something away.

import { mayLoseData } from "../loss/foreseen_losses.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { isRefusal } from "../sqlite/sqlite_error.ts";
import { type Backup, backUp, type BackupOutcome } from "./backup.ts";
import type { ExecutionOptions } from "./execution.ts";

/** The backup of a run. There is none until `ensure()` is called. */
export class RunBackup {
  readonly #connection: Connection;
  readonly #plugin: string;
  readonly #options: Pick<ExecutionOptions, "backups" | "now">;
  #made: Backup | null = null;
  #stepsBefore = 0;

  constructor(
    connection: Connection,
    plugin: string,
    options: Pick<ExecutionOptions, "backups" | "now">,
  ) {
    this.#connection = connection;
    this.#plugin = plugin;
    this.#options = options;
  }

  /** The backup; `null` if none was made. */
  get made(): Backup | null {
    return this.#made;
  }

  /** The name of its file; `null` as above. */
  get madeName(): string | null {
    return this.#made?.path.split(/[/\\]/).at(-1) ?? null;
  }

  /** How many steps were committed before the backup was made. */
  get stepsBefore(): number {
    return this.#stepsBefore;
  }

  /**
   * Says whether the steps of a transaction may take away what is there, and there is no backup of
   * it yet. Only the first one meets the rows as they are now. What was not rehearsed may take
   * anything.
   */
  isDueBefore(steps: readonly RehearsedStep[]): boolean {
    if (this.#made !== null) return false;
    if (steps.some(({ touched }) => touched === null)) return true;
    try {
      return mayLoseData(this.#connection, steps[0]?.watched ?? []);
    } catch (error) {
      // A table that another program has dropped since; the base is compared before anything runs.
      if (!isRefusal(error)) throw error;
      return false;
    }
  }

  /** Makes the backup, unless there is one. Must be called outside a transaction. */
  ensure(currentVersion: number, committedSteps: number): BackupOutcome {
    if (this.#made !== null) return { ok: true, value: this.#made };
    const label = { plugin: this.#plugin, occasion: `v${currentVersion}`, at: this.#options.now() };
    const outcome = backUp(this.#connection, this.#options.backups, label);
    if (outcome.ok) {
      this.#made = outcome.value;
      this.#stepsBefore = committedSteps;
    }
    return outcome;
  }
}
