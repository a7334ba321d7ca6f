// One plugin on a node: its report, and the steps of a rollout over its databases.

import type { FleetStore } from "../fleet/fleet_store.ts";
import { isPassing } from "./fleet_bundle.ts";
import type { Labels } from "../fleet/labels.ts";
import { type NodeReport, type Progress, progressIn } from "../fleet/node_report.ts";
import { mayApply } from "../fleet/node_step.ts";
import { RECORD_FORMAT, type RolloutRecord } from "../fleet/rollout_record.ts";
import type { HandlerContext } from "../handler/context.ts";
import { heldFiles } from "../handler/held_files.ts";
import type { TenantOutcome } from "../handler/migrate_tenant.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import type { BundleTrust } from "../source/bundle_signature.ts";
import { fetchBundle } from "./fleet_bundle.ts";
import { KnownDatabases } from "./known_databases.ts";
import {
  databasesOf,
  doneBefore,
  type EarlierRuns,
  forEachDatabase,
  migrate,
  undo,
  type UndoOutcome,
} from "./node_databases.ts";
import { type DatabaseWork, progressOf, refusal, undoProgress } from "./progress.ts";
import { ReportWriter } from "./report_writer.ts";

/** What a plugin on a node needs. */
export interface NodePluginOptions {
  readonly node: string;
  readonly labels: Labels;
  readonly plugin: string;
  readonly store: FleetStore;
  readonly context: HandlerContext;
  readonly trust: BundleTrust;
  readonly parallel: number;
  readonly signal: AbortSignal;
}

// So often a node that works shows that it does.
const REPORT_EVERY_MS = 2_000;

const NO_RUNS: EarlierRuns = { kind: "none" };

/** The databases of a rollout that were measured by this process, by name. */
interface Measured {
  readonly rollout: string;
  readonly context: HandlerContext;
  readonly addresses: readonly DatabaseAddress[];
  readonly outcomes: Map<string, TenantOutcome>;
  /** Those that were applied to. */
  readonly done: Set<string>;
  /** What an earlier process has done to those that had nothing pending. */
  readonly earlier: Map<string, EarlierRuns>;
}

/** A plugin on a node. */
export class NodePlugin {
  readonly #options: NodePluginOptions;
  readonly #writer: ReportWriter;
  readonly #databases: KnownDatabases;
  #report: NodeReport;
  #isKnown = false;
  #measured: Measured | null = null;
  #reportedMs = 0;

  constructor(options: NodePluginOptions) {
    const { node, plugin, labels, store, signal, context } = options;
    this.#options = options;
    this.#databases = new KnownDatabases(plugin, context);
    this.#writer = new ReportWriter(node, plugin, store, signal, context.log);
    const summary = this.#databases.summary();
    this.#report = { format: RECORD_FORMAT, node, plugin, labels, ...summary, progress: null };
  }

  /** The report as it was stored last. */
  get report(): NodeReport {
    return this.#report;
  }

  /** Reads the versions of the databases, and stores a report where it differs from the last one. */
  async register(): Promise<void> {
    if (!this.#isKnown) {
      const stored = await this.#writer.read();
      if (stored !== null) this.#report = { ...stored, labels: this.#options.labels };
    }
    await this.#databases.look(this.#options.parallel);
    const after = { ...this.#report, ...this.#databases.summary() };
    const isSame = this.#isKnown && JSON.stringify(after) === JSON.stringify(this.#report);
    if (isSame && await this.#writer.isStored()) return;
    await this.#write(this.#report.progress);
    this.#isKnown = true;
  }

  /** Plans and measures every database, and reports what that found. */
  async measure(rollout: RolloutRecord): Promise<void> {
    const measured = await this.#measureAll(rollout);
    if (measured === null) return;
    const before = progressIn(this.#report, rollout);
    const begun = before !== null && before.stage !== "measured";
    await this.#write(await this.#progressOf(rollout, measured, begun ? "applying" : "measured"));
  }

  /**
   * Applies to every database the plan that was measured. Between two databases it looks at the
   * record again, so that it stops where the rollout was halted meanwhile.
   */
  async apply(rollout: RolloutRecord, present: () => RolloutRecord): Promise<void> {
    const { node: name, labels, parallel, signal } = this.#options;
    const measured = this.#measured?.rollout === rollout.id
      ? this.#measured
      : await this.#measureAll(rollout);
    if (measured === null) return;
    // Stored before the first database is changed: a node that is gone now is waited for.
    const progress = await this.#progressOf(rollout, measured, "applying");
    if (!await this.#write(progress)) return;
    const { done } = measured;
    await forEachDatabase(measured.addresses, parallel, async (address) => {
      const database = databaseName(address);
      if (done.has(database) || signal.aborted || !mayApply(present(), { name, labels })) return;
      measured.outcomes.set(database, await this.#applyTo(address, present(), measured));
      done.add(database);
      await this.#showWork(() => this.#progressOf(rollout, measured, "applying"));
    });
    const isOver = done.size === measured.addresses.length;
    await this.#write(await this.#progressOf(rollout, measured, isOver ? "applied" : "applying"));
    // Another attempt measures again.
    if (isOver) this.#measured = null;
  }

  /** Brings back every database that the rollout has changed. */
  async undo(rollout: RolloutRecord): Promise<void> {
    const { plugin, parallel, context, signal } = this.#options;
    const before = progressIn(this.#report, rollout);
    const source = await this.#contextFor(rollout);
    // The log has what a rollback runs, so a bundle that is gone does not keep it back.
    const used = source.ok ? source.context : context;
    const outcomes = new Map<string, UndoOutcome>();
    const progress = (stage: "undoing" | "undone"): Progress =>
      undoProgress(rollout, stage, outcomes, before);
    if (!await this.#write(progress("undoing"))) return;
    await forEachDatabase(await databasesOf(plugin, context), parallel, async (address) => {
      if (signal.aborted) return;
      const outcome = await undo(address, rollout, used);
      outcomes.set(databaseName(address), outcome);
      const hasRun = outcome.kind === "undone" && outcome.changed;
      this.#databases.note(address, outcome.currentVersion, hasRun);
      await this.#showWork(() => Promise.resolve(progress("undoing")));
    });
    if (!signal.aborted) await this.#write(progress("undone"));
  }

  async #measureAll(rollout: RolloutRecord): Promise<Measured | null> {
    const { plugin, parallel, signal } = this.#options;
    const found = await this.#contextFor(rollout);
    if (!found.ok) {
      if (found.message !== null) await this.#write(refusal(rollout, found.message));
      return null;
    }
    const { context } = found;
    const addresses = await databasesOf(plugin, this.#options.context);
    const outcomes = new Map<string, TenantOutcome>();
    await forEachDatabase(addresses, parallel, async (address) => {
      if (signal.aborted) return;
      const outcome = await migrate(address, rollout, { dryRun: true }, context);
      outcomes.set(databaseName(address), outcome);
      this.#databases.note(address, outcome.currentVersion, false);
      await this.#showWork(() => Promise.resolve(this.#report.progress));
    });
    if (signal.aborted) return null;
    const [done, earlier] = [new Set<string>(), new Map<string, EarlierRuns>()];
    this.#measured = { rollout: rollout.id, context, addresses, outcomes, done, earlier };
    return this.#measured;
  }

  /** The handlers on the rollout's own files; a message where they are refused. */
  async #contextFor(
    rollout: RolloutRecord,
  ): Promise<
    | { readonly ok: true; readonly context: HandlerContext }
    | { readonly ok: false; readonly message: string | null }
  > {
    const { store, trust, context } = this.#options;
    try {
      const fetched = await fetchBundle(rollout, store, trust);
      if (!fetched.ok) return { ok: false, message: fetched.message };
      const found = await fetched.value.find(rollout.plugin);
      if (!found.found) return { ok: false, message: found.message };
      const source = await heldFiles(fetched.value, found.files);
      return { ok: true, context: { ...context, source } };
    } catch (error) {
      if (!isPassing(error)) throw error;
      context.log("warn", "The bundle of a rollout cannot be fetched yet", {
        plugin: rollout.plugin,
        reason: error.message,
      });
      return { ok: false, message: null };
    }
  }

  async #applyTo(
    address: DatabaseAddress,
    rollout: RolloutRecord,
    { outcomes, context }: Measured,
  ): Promise<TenantOutcome> {
    const name = databaseName(address);
    const measured = outcomes.get(name);
    if (measured === undefined) return failed("INTERNAL_ERROR", "The database was not measured");
    if (measured.kind === "failed" || measured.planHash === null || measured.migrations === 0) {
      return measured;
    }
    if (!rollout.state.plans.includes(measured.planHash)) {
      return failed(
        "PLAN_CHANGED",
        `It needs the plan ${measured.planHash}, which the first wave did not have; to run it all ` +
          `the same, resume the rollout with --accept-plans`,
        measured.currentVersion,
      );
    }
    const first = await migrate(
      address,
      rollout,
      { dryRun: false, planHash: measured.planHash },
      context,
    );
    const outcome = first.kind === "failed" && first.code === "PLAN_CHANGED"
      ? await this.#applyChanged(address, rollout, context, first)
      : first;
    const hasRun = outcome.kind === "migrated" && outcome.migrations > 0;
    this.#databases.note(address, outcome.currentVersion, hasRun);
    return outcome;
  }

  // Another process has applied it, or the database has changed to what other nodes had.
  async #applyChanged(
    address: DatabaseAddress,
    rollout: RolloutRecord,
    context: HandlerContext,
    refused: TenantOutcome,
  ): Promise<TenantOutcome> {
    const again = await migrate(address, rollout, { dryRun: true }, context);
    if (again.kind === "failed" || again.planHash === null || again.migrations === 0) return again;
    return rollout.state.plans.includes(again.planHash)
      ? await migrate(address, rollout, { dryRun: false, planHash: again.planHash }, context)
      : refused;
  }

  /** What an earlier process has done in the rollout is in the histories. */
  async #progressOf(
    rollout: RolloutRecord,
    { addresses, outcomes, done, earlier, context }: Measured,
    stage: Progress["stage"],
  ): Promise<Progress> {
    const unknown = stage === "measured" ? [] : addresses.filter((address) => {
      const outcome = outcomes.get(databaseName(address));
      return outcome?.kind === "migrated" && outcome.migrations === 0 &&
        !earlier.has(databaseName(address));
    });
    // The next report reads these again.
    const unread = new Map<string, TenantOutcome>();
    await forEachDatabase(unknown, this.#options.parallel, async (address) => {
      const name = databaseName(address);
      const runs = await doneBefore(address, rollout, context);
      if (runs.kind === "failed") unread.set(name, runs);
      else earlier.set(name, runs);
    });
    const works = new Map<string, DatabaseWork>();
    for (const [name, measured] of outcomes) {
      const outcome = unread.get(name) ?? measured;
      works.set(name, { outcome, isDone: done.has(name), earlier: earlier.get(name) ?? NO_RUNS });
    }
    return progressOf(rollout, stage, works, progressIn(this.#report, rollout));
  }

  /** Shows now and then that the node is at work. */
  async #showWork(progress: () => Promise<Progress | null>): Promise<void> {
    if (performance.now() - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = performance.now();
    await this.#write(await progress());
  }

  async #write(progress: Progress | null): Promise<boolean> {
    this.#reportedMs = performance.now();
    const report = {
      ...this.#report,
      ...this.#databases.summary(),
      progress,
    };
    this.#report = report;
    return await this.#writer.write(report);
  }
}

function failed(
  code: Extract<TenantOutcome, { kind: "failed" }>["code"],
  message: string,
  currentVersion: number | null = null,
): TenantOutcome {
  return { kind: "failed", code, message, currentVersion };
}
