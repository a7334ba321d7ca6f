// What apply and rollback share: lock, plan, rehearsal, findings, execution.

import type { DataLoss } from "../execute/data_loss.ts";
import type { ExecutedStep, Execution, StepFailure } from "../execute/execution.ts";
import { type Finding, finding, isError } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { ErrorCode, RunEntry, RunReply } from "../message/reply.ts";
import type { CheckedRun } from "../message/request.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { currentVersion } from "../plan/history.ts";
import { completePlan, type MigrationPlan, planStep } from "../plan/migration_plan.ts";
import { selectSteps, type Target } from "../plan/select_steps.ts";
import { driftFindings } from "../rule/drift.ts";
import { rehearsalFindings } from "../rule/rehearsal_findings.ts";
import { reversibilityFindings } from "../rule/reversibility.ts";
import type { LoadedMigrations } from "../source/migration_source.ts";
import {
  type DatabaseSession,
  engineVersionOf,
  type Patience,
  type RehearsalReport,
} from "../worker/session.ts";
import type { HandlerContext } from "./context.ts";
import { type Failure, failureReply } from "./failure.ts";
import { RunProgress } from "./run_progress.ts";

/** What to run: a checked request, its database and its target. */
export interface TargetedRun extends CheckedRun {
  readonly address: DatabaseAddress;
  readonly target: Target;
}

/** A run that succeeded, without the verb's own name for its entries. */
export interface RunSuccess extends RunReply {
  readonly entries: RunEntry[];
}

/** Runs migrations from the request to the reply; the database's lock is held from plan to commit. */
export async function runMigrations(
  request: TargetedRun,
  context: HandlerContext,
): Promise<RunSuccess | Failure> {
  const startedMs = context.elapsedMs();
  const { address } = request;
  const { plugin } = address;
  const loaded = await context.source.load(plugin);
  if (!loaded.found) return failureReply("PLUGIN_NOT_FOUND", plugin, loaded.message);

  const lock = context.locks.acquire(address);
  if (lock.kind === "unavailable") {
    return failureReply("DATABASE_UNAVAILABLE", plugin, lock.message);
  }
  if (lock.kind === "held") {
    const progress = lock.snapshot?.progress;
    const holder = progress === undefined
      ? "another run"
      : `${
        progress.verb === "apply" ? "an apply" : "a rollback"
      } by ${progress.started_by} since ${progress.started_at}`;
    const message = `"${
      databaseName(address)
    }" is held by ${holder}; wait until it is done and try again`;
    return failureReply("MIGRATION_IN_PROGRESS", plugin, message);
  }
  try {
    await using session = await context.databases.open({ kind: "plugin", ...address }, "run");
    const progress = new RunProgress(context, lock, {
      address,
      direction: request.target.direction,
      dryRun: request.dry_run,
      startedBy: request.applied_by,
    });
    return await new MigrationRun(request, context, loaded, session, progress, startedMs).run();
  } finally {
    lock.release();
  }
}

/** One run, while its lock is held and its database is open. */
class MigrationRun {
  readonly #request: TargetedRun;
  readonly #context: HandlerContext;
  readonly #loaded: Extract<LoadedMigrations, { found: true }>;
  readonly #session: DatabaseSession;
  readonly #progress: RunProgress;
  readonly #startedMs: number;

  constructor(
    request: TargetedRun,
    context: HandlerContext,
    loaded: Extract<LoadedMigrations, { found: true }>,
    session: DatabaseSession,
    progress: RunProgress,
    startedMs: number,
  ) {
    this.#request = request;
    this.#context = context;
    this.#loaded = loaded;
    this.#session = session;
    this.#progress = progress;
    this.#startedMs = startedMs;
  }

  async run(): Promise<RunSuccess | Failure> {
    const { address: { plugin }, target } = this.#request;
    const inspected = await this.#session.inspect();
    if (!inspected.ok) return failureReply("DATABASE_UNAVAILABLE", plugin, inspected.message);
    const base = inspected.value;
    this.#progress.inspected(base.history);

    const { migrations } = this.#loaded;
    const selection = selectSteps(target, migrations, base.history);
    if (!selection.ok) {
      return failureReply("INVALID_REQUEST", plugin, selection.message, this.#loaded.findings);
    }
    const steps = selection.migrations.map((migration) => planStep(migration, target.direction));
    const rehearsed = await this.#session.rehearse(steps, this.#patience());
    if (!rehearsed.ok) return failureReply("DATABASE_UNAVAILABLE", plugin, rehearsed.message);
    const report = rehearsed.value;

    const fileFindings = [
      ...this.#loaded.findings,
      ...driftFindings(this.#loaded, base.history),
      ...reversibilityFindings(selection.migrations, target.direction),
    ];
    const engine = engineVersionOf(this.#context.databases);
    const findings = (
      losses: (version: number) => readonly DataLoss[] | null,
    ): readonly Finding[] => [
      ...fileFindings,
      ...rehearsalFindings(steps, report.rehearsal, engine, losses),
    ];
    const plan = await completePlan({
      plugin,
      direction: target.direction,
      from: selection.from,
      to: selection.to,
      base: base.digests,
      steps,
      findings: findings((version) => report.losses.get(version) ?? null),
    });
    const refusal = this.#refuse(plan, report);
    if (refusal !== null) return refusal;
    return await this.#execute(plan, findings);
  }

  #refuse(plan: MigrationPlan, { rehearsal }: RehearsalReport): Failure | null {
    const { address: { plugin }, plan_hash: planHash } = this.#request;
    const refuse = (
      code: ErrorCode,
      message: string,
      findings: readonly Finding[] = plan.findings,
    ): Failure => ({
      ...failureReply(code, plugin, message, findings),
      plan_hash: plan.hash,
      current_version: plan.from,
    });
    if (rehearsal.interrupted !== null) {
      const why = rehearsal.interrupted === "cancelled"
        ? "the service is stopping"
        : "the time limit was reached, which timeout_ms sets";
      const message = `The rehearsal was stopped, because ${why}; nothing has run`;
      const step = plan.steps[rehearsal.steps.length];
      const stopped = step === undefined ? [] : [finding("ERROR", "interrupted", step, message)];
      return refuse("VALIDATION_FAILED", message, [...stopped, ...plan.findings]);
    }
    if (planHash !== undefined && planHash !== plan.hash) {
      const message =
        `The plan is not the one that was reviewed: ${planHash} was expected, and files, ` +
        `history and schema now make ${plan.hash}; review the new plan with a dry run`;
      return refuse("PLAN_CHANGED", message);
    }
    const errors = plan.findings.filter(isError);
    if (errors.length === 0) return null;
    const [first] = errors;
    const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
    return refuse("VALIDATION_FAILED", `Nothing has run: ${first?.message}${more}`);
  }

  async #execute(
    plan: MigrationPlan,
    findings: (losses: (version: number) => readonly DataLoss[] | null) => readonly Finding[],
  ): Promise<RunSuccess | Failure> {
    const { address: { plugin }, dry_run: dryRun, applied_by: appliedBy } = this.#request;
    let outcome: Awaited<ReturnType<DatabaseSession["execute"]>>;
    try {
      if (!dryRun && plan.steps.length > 0) await this.#progress.requested(plan);
      this.#progress.started(plan);
      outcome = await this.#session.execute(
        plan,
        { dryRun, appliedBy },
        this.#patience(),
        (event) => this.#progress.follow(event),
      );
    } catch (error) {
      // Whoever has closed the database for this run waits for its end.
      this.#progress.finished("INTERNAL_ERROR", plan.from);
      throw error;
    }
    if (!outcome.ok) {
      this.#progress.finished("DATABASE_UNAVAILABLE", plan.from);
      return failureReply("DATABASE_UNAVAILABLE", plugin, outcome.message, plan.findings);
    }
    const execution = outcome.value;
    const measured = new Map(
      execution.executed.map(({ version, dataLoss }) => [version, dataLoss]),
    );
    const warnings = [
      ...findings((version) => measured.get(version) ?? null),
      ...backupFindings(plan, execution),
    ];
    const { end } = execution;
    const reply = end.kind === "completed"
      ? this.#success(plan, execution, warnings)
      : this.#failure(plan, execution, end, warnings);
    this.#progress.finished(
      reply.success ? null : reply.error_code,
      reply.current_version ?? plan.from,
    );
    return reply;
  }

  #success(plan: MigrationPlan, execution: Execution, warnings: readonly Finding[]): RunSuccess {
    const { address: { plugin }, dry_run: dryRun } = this.#request;
    return {
      success: true,
      plugin_name: plugin,
      dry_run: dryRun,
      previous_version: plan.from,
      current_version: currentVersion(execution.history),
      entries: execution.executed.map((step) => this.#entry(step)),
      warnings: warnings.map(findingMessage),
      plan_hash: plan.hash,
      ...(execution.backup === null ? {} : { backup: execution.backup }),
      total_time_ms: Math.round(this.#context.elapsedMs() - this.#startedMs),
    };
  }

  #failure(
    plan: MigrationPlan,
    execution: Execution,
    end: FailedEnd,
    warnings: readonly Finding[],
  ): Failure {
    const { code, message } = describeEnd(end, plan);
    const findings = end.kind === "failed" ? [failureFinding(end.failure), ...warnings] : warnings;
    const entries = execution.executed.map((step) => this.#entry(step));
    return {
      ...failureReply(code, this.#request.address.plugin, message, findings),
      ...(plan.direction === "apply"
        ? { applied_migrations: entries }
        : { rolled_back_migrations: entries }),
      ...(end.kind === "failed" ? { failed_version: end.failure.version } : {}),
      current_version: currentVersion(execution.history),
      plan_hash: plan.hash,
      ...(execution.backup === null ? {} : { backup: execution.backup }),
    };
  }

  #entry(step: ExecutedStep): RunEntry {
    return {
      success: true,
      version: step.version,
      name: step.name,
      execution_time_ms: step.executionTimeMs,
      applied_at: this.#request.dry_run ? null : step.at,
      applied_by: this.#request.applied_by,
      statements: step.statements,
      changes: [...step.changes],
      data_loss: [...step.dataLoss],
    };
  }

  #patience(): Patience {
    const usedMs = this.#context.elapsedMs() - this.#startedMs;
    return {
      timeoutMs: Math.max(this.#request.timeout_ms - usedMs, 0),
      signal: this.#context.signal,
    };
  }
}

type FailedEnd = Exclude<Execution["end"], { kind: "completed" }>;

function describeEnd(
  end: FailedEnd,
  plan: MigrationPlan,
): { readonly code: ErrorCode; readonly message: string } {
  switch (end.kind) {
    case "plan-changed":
      return { code: "PLAN_CHANGED", message: end.message };
    case "unavailable":
      return { code: "DATABASE_UNAVAILABLE", message: end.message };
    case "failed": {
      const { reason, version, file, message, outcome } = end.failure;
      const verb = plan.direction === "apply" ? "Applying" : "Rolling back";
      const told = outcome === "undone"
        ? `${verb} ${file} failed and was undone: ${message}`
        : `${verb} ${file} may or may not have been kept, for the disk failed as it was committed: ` +
          `${message}; ask for status before anything else`;
      if (reason === "unavailable") return { code: "DATABASE_UNAVAILABLE", message: told };
      return {
        code: plan.direction === "apply" ? "MIGRATION_FAILED" : "ROLLBACK_FAILED",
        message: `${told} (version ${version})`,
      };
    }
  }
  end satisfies never;
}

function failureFinding(failure: StepFailure): Finding {
  const code = failure.reason === "foreign-keys"
    ? "foreign-key-violation"
    : failure.reason === "broken-schema"
    ? "broken-schema"
    : failure.reason === "timeout" || failure.reason === "cancelled"
    ? "interrupted"
    : failure.reason === "unavailable"
    ? "storage"
    : "sql-error";
  return finding("ERROR", code, failure, failure.message, failure.place ?? {});
}

function backupFindings(plan: MigrationPlan, { spaceChecked }: Execution): readonly Finding[] {
  const [step] = plan.steps;
  if (spaceChecked || step === undefined) return [];
  const message = "The free space for the backup could not be looked at; grant --allow-sys=statfs";
  return [finding("INFO", "no-backup-space-check", step, message)];
}
