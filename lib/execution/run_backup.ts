// Makes the one backup of a run: before the first step that takes something away, or before the
// first step of any run.

import type { BackupPlace } from "../backup/backup_place.ts";
import type { BackupRules } from "../backup/backup_rules.ts";
import { type Backup, backUp, type BackupOutcome } from "../backup/make_backup.ts";
import { mayLoseData } from "../loss/foreseen_losses.ts";
import type { MigrationPlan } from "../plan/migration_plan.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";
import type { ExecutionOptions } from "./execution.ts";

/** How a run makes its backup. */
export interface RunBackupOptions extends BackupRules {
  readonly place: BackupPlace;
  readonly tenant: string | null;
}

/** The backup of a run. There is none until `ensure()` is called. */
export class RunBackup {
  readonly #connection: Connection;
  readonly #plan: Pick<MigrationPlan, "plugin" | "hash">;
  readonly #options: RunBackupOptions;
  readonly #run: Pick<ExecutionOptions, "runId" | "deadline" | "onEvent">;
  #made: Backup | null = null;
  #stepsBefore = 0;

  constructor(
    connection: Connection,
    plan: Pick<MigrationPlan, "plugin" | "hash">,
    run: Pick<ExecutionOptions, "backups" | "runId" | "deadline" | "onEvent">,
  ) {
    this.#connection = connection;
    this.#plan = plan;
    this.#options = run.backups;
    this.#run = run;
  }

  /** The backup; `null` if none was made. */
  get made(): Backup | null {
    return this.#made;
  }

  /** The name of its file; `null` as above. */
  get madeName(): string | null {
    return this.#made?.name ?? null;
  }

  /** How many steps were committed before the backup was made. */
  get stepsBefore(): number {
    return this.#stepsBefore;
  }

  /** Whether a step that lost something may be committed: there is a backup, or none is wanted. */
  get isSaved(): boolean {
    return this.#made !== null || this.#options.policy === "never";
  }

  /**
   * Says whether a backup has to be made before the steps of a transaction. By the policy "lossy"
   * it has if they may take away what is there. Only the first one meets the rows as they are now.
   * What was not rehearsed may take anything.
   */
  isDueBefore(steps: readonly RehearsedStep[]): boolean {
    if (this.isSaved) return false;
    // Refused for a table that another program has dropped since; the base is compared before
    // anything runs.
    return unlessRefused(() => {
      if (this.#options.policy === "always") return this.#hasTables();
      if (steps.some(({ touched }) => touched === null)) return true;
      return mayLoseData(this.#connection, steps[0]?.watched ?? []);
    }) ?? false;
  }

  /** Makes the backup, unless there is one. Must be called outside a transaction. */
  async ensure(at: string, committedSteps: number): Promise<BackupOutcome> {
    if (this.#made !== null) return { ok: true, value: this.#made };
    const { tenant, policy, place } = this.#options;
    const { runId, deadline, onEvent } = this.#run;
    const startedMs = performance.now();
    const outcome = await backUp(this.#connection, {
      plugin: this.#plan.plugin,
      tenant,
      reason: policy === "always" ? "always" : "lossy",
      planHash: this.#plan.hash,
      runId,
      at,
    }, { place, deadline });
    if (!outcome.ok) {
      const before = policy === "always" ? "the run" : "the first destructive step";
      return { ...outcome, message: `Cannot back up before ${before}: ${outcome.message}` };
    }
    this.#made = outcome.value;
    const { size_bytes: sizeBytes } = outcome.value.record;
    onEvent({ kind: "backup-made", sizeBytes, elapsedMs: performance.now() - startedMs });
    this.#stepsBefore = committedSteps;
    return outcome;
  }

  #hasTables(): boolean {
    return this.#connection.integer("SELECT count(*) FROM main.sqlite_schema") > 0;
  }
}
