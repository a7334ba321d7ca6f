// Handles `rollout`: applies pending migrations to the database of every tenant, in waves.

import pMap from "p-map";
import { type Deadline, deadlineIn, overdue, OVERDUE_WORDS } from "../deadline.ts";
import { passedLimit } from "../fleet/limits.ts";
import { tallyOf } from "../fleet/tally.ts";
import { divide, parseWaves } from "../fleet/waves.ts";
import type { CheckedRollout, RolloutReply, WaveMessage } from "../message/rollout.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { PluginFiles } from "./compare_database.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";
import { heldFiles } from "./held_files.ts";
import { cancelledFailure, type HeldRun, holdDatabase } from "./hold_database.ts";
import { RolloutProgress } from "./rollout_progress.ts";
import { isAtTarget, migrateTenant, type TenantOutcome, UNCHANGED } from "./migrate_tenant.ts";

/**
 * Applies pending migrations to the databases that the plugin's tenants have here. The lock of the
 * plugin's own database keeps a second rollout out, and lets this one be cancelled. It keeps no
 * state of its own: a database that has been migrated has nothing pending, so one that is begun
 * again goes on where it was.
 */
export async function rollout(
  address: DatabaseAddress,
  request: CheckedRollout,
  context: HandlerContext,
): Promise<RolloutReply | Failure> {
  const { plugin } = address;
  const listed = await context.databases.tenantsOf?.(plugin) ?? null;
  if (listed === null) {
    const message = "A browser keeps one database for each plugin; apply to that one";
    return failureReply("INVALID_REQUEST", plugin, message);
  }
  if (!listed.ok) return databaseFailure(listed, plugin);
  const found = await context.source.find(plugin);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  const ends = parseWaves(request.wave);
  if (!ends.ok) return failureReply("INVALID_REQUEST", plugin, `wave: ${ends.message}`);
  const tenants = listed.value;
  const startedMs = context.elapsedMs();
  const holding = { verb: "rollout", dryRun: request.dry_run, run_id: request.run_id } as const;
  return await holdDatabase(address, holding, context, async (held) => {
    const source = await heldFiles(context.source, found.files);
    const holding = { ...context, source };
    const rollout = new NodeRollout(plugin, tenants.length, request, holding, held);
    for (const wave of divide(tenants, ends.value)) await rollout.run(wave);
    rollout.progress.publish();
    return rollout.reply(Math.round(context.elapsedMs() - startedMs));
  });
}

/** A rollout over the databases of this node. */
class NodeRollout {
  readonly #plugin: string;
  readonly #databases: number;
  readonly #request: CheckedRollout;
  readonly #files: PluginFiles;
  readonly #context: HandlerContext;
  readonly #id: string;
  readonly #deadline: Deadline<AbortSignal>;
  readonly #outcomes = new Map<string, TenantOutcome>();
  // Of the databases that were measured and are not migrated yet.
  readonly #measured = new Map<string, Extract<TenantOutcome, { kind: "migrated" }>>();
  readonly #waves: WaveMessage[] = [];
  readonly progress: RolloutProgress;
  #halted: string | null = null;

  constructor(
    plugin: string,
    databases: number,
    request: CheckedRollout,
    context: HandlerContext,
    { id, signal }: HeldRun,
  ) {
    this.#plugin = plugin;
    this.#databases = databases;
    this.#request = request;
    this.#files = new PluginFiles(plugin, context);
    this.#context = { ...context, signal };
    this.#id = id;
    this.#deadline = deadlineIn(request.timeout_ms, signal);
    const about = { plugin_name: plugin, run_id: id, dry_run: request.dry_run, databases };
    this.progress = new RolloutProgress(about, context);
    this.progress.publish();
  }

  /** Migrates a wave. Where rows are limited, all of it is measured before any of it is changed. */
  async run(wave: readonly string[]): Promise<void> {
    const { dry_run: dryRun, max_rows_lost: mostRows } = this.#request;
    await this.#skipMigrated(wave);
    if (!dryRun && mostRows !== undefined) {
      await this.#forEach(this.#undecided(wave), async (tenant) => {
        const measured = await this.#migrate(tenant, true);
        if (measured.kind === "failed") this.#settle(tenant, measured);
        else this.#measured.set(tenant, measured);
        return measured;
      });
    }
    await this.#forEach(this.#undecided(wave), async (tenant) => {
      const outcome = await this.#migrate(tenant, dryRun);
      this.#settle(tenant, outcome);
      this.#measured.delete(tenant);
      return outcome;
    });
    const { databases, rowsLost, ...counts } = tallyOf(this.#outcomesOf(wave));
    if (databases > 0) {
      this.#waves.push({ databases: wave.length, ...counts, rows_lost: rowsLost });
    }
  }

  /** The reply; where the rollout was cancelled, a failure that says how far it came. */
  reply(totalTimeMs: number): RolloutReply | Failure {
    // By name, and not in the order in which they ended.
    const outcomes = [...this.#outcomes].sort(([one], [other]) => one < other ? -1 : 1);
    const { applied, unchanged, rowsLost } = tallyOf(outcomes.map(([, outcome]) => outcome));
    const waiting = this.#databases - outcomes.length;
    if (this.#deadline.signal.aborted) {
      const undone = `${applied} of ${this.#databases} databases were migrated and stay so; ` +
        `a new rollout goes on with the others`;
      return cancelledFailure({ plugin: this.#plugin, tenant: null }, undone);
    }
    return {
      success: true,
      verb: "rollout",
      plugin_name: this.#plugin,
      run_id: this.#id,
      dry_run: this.#request.dry_run,
      databases: this.#databases,
      applied,
      unchanged,
      waiting,
      failed: outcomes.flatMap(([tenant, outcome]) =>
        outcome.kind === "migrated" ? [] : [{
          tenant,
          error_code: outcome.code,
          message: outcome.message,
          current_version: outcome.currentVersion,
        }]
      ),
      halted: this.#halted,
      rows_lost: rowsLost,
      losses: outcomes.flatMap(([tenant, outcome]) =>
        outcome.kind === "failed" || outcome.rowsLost === 0 ? [] : [{
          tenant,
          rows_lost: outcome.rowsLost,
          ...(outcome.backup === null ? {} : { backup: outcome.backup }),
        }]
      ),
      waves: this.#waves,
      total_time_ms: totalTimeMs,
    };
  }

  /** Does `work` for several tenants at a time, and begins none once the rollout is over. */
  async #forEach(
    tenants: readonly string[],
    work: (tenant: string) => Promise<TenantOutcome>,
  ): Promise<void> {
    await pMap(tenants, async (tenant) => {
      if (this.#isOver()) return;
      const outcome = await work(tenant);
      // Counting all of them after each would take the square of their number.
      if (outcome.kind === "failed" || outcome.rowsLost > 0) this.#halted ??= this.#whyHalted();
    }, { concurrency: this.#request.parallel });
  }

  /** Finds the databases that have nothing pending, which takes a small part of a run. */
  async #skipMigrated(wave: readonly string[]): Promise<void> {
    await this.#forEach(wave, async (tenant) => {
      const address = { plugin: this.#plugin, tenant };
      const version = this.#request.target_version;
      const isMigrated = await isAtTarget(address, this.#files, version, this.#context);
      if (isMigrated) this.#settle(tenant, UNCHANGED);
      return UNCHANGED;
    });
  }

  #settle(tenant: string, outcome: TenantOutcome): void {
    this.#outcomes.set(tenant, outcome);
    this.progress.count(outcome);
  }

  #undecided(wave: readonly string[]): readonly string[] {
    return wave.filter((tenant) => !this.#outcomes.has(tenant));
  }

  // A dry run goes on, to show what would come after the limit.
  #isOver(): boolean {
    const late = overdue(this.#deadline);
    if (late === "timeout") {
      this.#halted ??= `${OVERDUE_WORDS.timeout}, which timeout_ms sets`;
    }
    return late !== null || this.#halted !== null && !this.#request.dry_run;
  }

  #whyHalted(): string | null {
    const { max_failures: maxFailures, max_rows_lost: maxRowsLost = null } = this.#request;
    const tally = tallyOf([...this.#outcomes.values(), ...this.#measured.values()]);
    return passedLimit(tally, { maxFailures, maxRowsLost }, this.#databases)?.message ?? null;
  }

  #migrate(tenant: string, dryRun: boolean): Promise<TenantOutcome> {
    return migrateTenant({ plugin: this.#plugin, tenant }, {
      ...this.#request,
      dryRun,
      planHash: this.#measured.get(tenant)?.planHash ?? undefined,
      deadline: this.#deadline,
    }, this.#context);
  }

  #outcomesOf(tenants: readonly string[]): readonly TenantOutcome[] {
    return tenants.map((tenant) => this.#outcomes.get(tenant)).filter((each) => each !== undefined);
  }
}
