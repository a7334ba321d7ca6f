// Tries files on rows: UP, DOWN and UP again, and compares the database with what it was. Everything
// is undone.

import { DEFAULT_BACKUP_RULES } from "../backup/backup_rules.ts";
import { memoryBackups } from "../backup/storage_backups.ts";
import { type Deadline, isOverdue, OVERDUE_WORDS } from "../deadline.ts";
import { executePlan } from "../execution/execute_plan.ts";
import { type Execution, OPEN_GATE, type StepFailure } from "../execution/execution.ts";
import type { RunBackupOptions } from "../execution/run_backup.ts";
import { subjectOf } from "../finding/subject_of.ts";
import { readBase } from "../history/database_base.ts";
import { Snapshots } from "../loss/snapshots.ts";
import type { Migration } from "../migration/migration.ts";
import { completePlan } from "../plan/migration_plan.ts";
import { thereAndBack } from "../plan/there_and_back.ts";
import type { Rehearsal, RehearsedStep } from "../rehearsal/rehearsal.ts";
import { rehearse } from "../rehearsal/rehearse.ts";
import { buildShadow } from "../rehearsal/shadow.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import { Interrupter } from "../statement/interrupter.ts";
import { memoryStorage } from "../vfs/memory_storage.ts";
import type { RowStyle } from "./candidate_values.ts";
import { fillSchema, type KnownRows, type UnfilledTable } from "./fill_schema.ts";
import { KnownState } from "./known_state.ts";
import type { FileProof, ProofEnd, StateDifference } from "./proof.ts";

/** A file to prove, and the schema before it. */
export interface FileToProve {
  readonly migration: Migration;
  readonly schema: Schema;
}

// Each where UP fails on those before, such as one that makes a column NOT NULL or a number.
const STYLES: readonly (readonly RowStyle[])[] = [
  ["plain", "edge", "edge", "null"],
  ["plain", "plain"],
  ["digits", "digits"],
];

/**
 * Tries a file on rows that are made up: on others where its UP fails on the first ones. `known` is
 * shared by the files of a check.
 */
export async function proveOnMadeUpRows(
  sqlite3: Sqlite3,
  file: FileToProve,
  known: KnownRows,
  deadline: Deadline,
): Promise<FileProof> {
  let failed: FileProof | null = null;
  for (const styles of STYLES) {
    const proof = await proveFilled(sqlite3, file, styles, known, deadline);
    if (proof.end.kind !== "up-failed") {
      const upFailure = failed?.end.kind === "up-failed" ? failed.end.message : null;
      return { ...proof, failsOnOthers: upFailure };
    }
    failed ??= proof;
  }
  if (failed === null) throw new Error("There are no styles of rows");
  return failed;
}

/** Tries files, one after the other, on the rows of a database. */
export async function proveOnLiveRows(
  sqlite3: Sqlite3,
  connection: Connection,
  plugin: string,
  migrations: readonly Migration[],
  deadline: Deadline,
): Promise<readonly FileProof[]> {
  return (await tryFiles(sqlite3, connection, plugin, migrations, deadline))
    .map(({ migration, empty, end }) => ({
      ...subjectOf(migration),
      rows: "live",
      unfilled: empty.map((table) => ({ table, message: "has no rows" })),
      failsOnOthers: null,
      end,
    }));
}

async function proveFilled(
  sqlite3: Sqlite3,
  { migration, schema }: FileToProve,
  styles: readonly RowStyle[],
  known: KnownRows,
  deadline: Deadline,
): Promise<FileProof> {
  using shadow = buildShadow(sqlite3, schema);
  const { connection } = shadow;
  const subject = subjectOf(migration);
  const made = { ...subject, rows: "made-up", failsOnOthers: null } as const;
  const filled = fill(connection, schema, styles, known, deadline);
  if (typeof filled === "string") {
    const end = { kind: "up-failed", message: filled, violations: [] } as const;
    return { ...made, unfilled: [], end };
  }
  const [tried] = await tryFiles(sqlite3, connection, "", [migration], deadline);
  if (tried === undefined) throw new Error(`${migration.file} has no DOWN to prove`);
  const unfilled = filled.filter(({ table }) => tried.empty.includes(table));
  return { ...made, unfilled, end: tried.end };
}

/** The tables without a row, or why it was interrupted. */
function fill(
  connection: Connection,
  schema: Schema,
  styles: readonly RowStyle[],
  known: KnownRows,
  deadline: Deadline,
): readonly UnfilledTable[] | string {
  using interrupter = new Interrupter(connection, deadline);
  try {
    return fillSchema(connection, schema, styles, known);
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    connection.rollback();
    const { reason } = interrupter;
    return isOverdue(reason) ? OVERDUE_WORDS[reason] : error.message;
  }
}

/** A file that was tried. */
interface TriedFile {
  readonly migration: Migration;
  /** Tables that it touches and that had no row before all files. */
  readonly empty: readonly string[];
  readonly end: ProofEnd;
}

// What is undone is not backed up, so nothing is ever written to this place.
const NO_BACKUPS: RunBackupOptions = {
  ...DEFAULT_BACKUP_RULES,
  place: memoryBackups(memoryStorage(), "/backups", "/none.sqlite3"),
  tenant: null,
};

/** Tries the files that have a DOWN; the others are only applied. */
async function tryFiles(
  sqlite3: Sqlite3,
  connection: Connection,
  plugin: string,
  migrations: readonly Migration[],
  deadline: Deadline,
): Promise<readonly TriedFile[]> {
  const files = migrations.map((migration) => ({ migration, steps: thereAndBack([migration]) }));
  const steps = files.flatMap((file) => file.steps);
  const base = await readBase(connection, plugin);
  const rehearsal = await rehearse(sqlite3, base, steps, deadline);
  const rehearsed = rehearsal.steps.filter(({ complete }) => complete);
  const empty = base.schema.tables.flatMap(({ kind, name }) =>
    kind === "table" && !base.tablesWithRows.includes(name) ? [name] : []
  );
  const from = base.history.at(-1)?.version ?? 0;
  const to = migrations.at(-1)?.version ?? from;
  const plan = await completePlan({
    plugin,
    direction: "apply",
    from,
    to,
    base: base.digests,
    // One that is not rehearsed to its end has an error of its own.
    steps: steps.slice(0, rehearsed.length),
  });
  using snapshots = new Snapshots(connection, "godwit_proof");
  const trial = new Trial(connection, snapshots, rehearsed);
  const execution = await executePlan(connection, plan, rehearsed, {
    mode: "rehearse-on-data",
    transaction: "plan",
    runId: "proof",
    appliedBy: "godwit",
    texts: new Map(),
    deadline,
    now: () => new Date().toISOString(),
    backups: NO_BACKUPS,
    commitGate: OPEN_GATE,
    onEvent({ kind }) {
      if (kind === "step-started") trial.begin();
      if (kind === "step-finished") trial.finish();
    },
  });
  const failure = failureOf(execution) ??
    { message: refusalIn(rehearsal), violations: [], version: null };
  let first = 0;
  return files.flatMap(({ migration, steps: own }) => {
    const at = first;
    first += own.length;
    const touches = touchedBy(rehearsal.steps.slice(at, first));
    const isFailed = failure.version === migration.version;
    return own.length === 1 && !isFailed ? [] : [{
      migration,
      empty: empty.filter(touches),
      // The rows are those of the file that failed, and not of one that was not reached.
      end: trial.endOf(at, isFailed ? failure : { ...failure, violations: [] }),
    }];
  });
}

/** Why a step did not run to its end. */
type TrialFailure = Pick<StepFailure, "message" | "violations"> & {
  /** The version of the step; `null` where it did not begin. */
  readonly version: number | null;
};

function failureOf({ end }: Execution): TrialFailure | null {
  switch (end.kind) {
    case "completed":
      return null;
    case "failed":
      return end.failure;
    case "plan-changed":
    case "unavailable":
      return { message: end.message, violations: [], version: null };
  }
  end satisfies never;
}

/** Whether steps change the rows or the schema of a table. */
function touchedBy(steps: readonly RehearsedStep[]): (table: string) => boolean {
  const isUnknown = steps.some(({ touched }) => touched === null);
  const names = new Set(steps.flatMap(({ touched }) => (touched ?? []).map(foldName)));
  return (table) => isUnknown || names.has(foldName(table));
}

/** What SQLite refuses of the step at which a rehearsal ended. */
function refusalIn({ steps }: Rehearsal): string {
  const problem = steps.at(-1)?.statements.flatMap(({ problems }) => problems)
    .find(({ kind }) => kind === "sql");
  return problem?.kind === "sql" ? problem.message : "it was not rehearsed to its end";
}

/** Keeps the states that later ones should equal, and compares them. */
class Trial {
  readonly #connection: Connection;
  readonly #snapshots: Snapshots;
  readonly #steps: readonly RehearsedStep[];
  readonly #differences = new Map<number, StateDifference>();
  #done = 0;
  #before: KnownState | null = null;
  #after: KnownState | null = null;

  constructor(connection: Connection, snapshots: Snapshots, steps: readonly RehearsedStep[]) {
    this.#connection = connection;
    this.#snapshots = snapshots;
    this.#steps = steps;
  }

  /** Call it in the transaction, before a step. */
  begin(): void {
    if (this.#isFirstUp()) this.#before = this.#known();
  }

  /** Call it in the transaction, after a step. */
  finish(): void {
    const at = this.#done;
    const isFirst = this.#isFirstUp();
    if (isFirst) this.#after = this.#known();
    const earlier = this.#steps[at]?.direction === "rollback" ? this.#before : this.#after;
    if (!isFirst && earlier !== null) this.#differences.set(at, earlier.compare());
    this.#done += 1;
    // The next step is of another file.
    if (this.#steps[this.#done]?.version !== this.#steps[at]?.version) this.#snapshots.clear();
  }

  /** How the trial of the file ended whose first step is `at`. */
  endOf(at: number, { message, violations }: TrialFailure): ProofEnd {
    const afterDown = this.#differences.get(at + 1);
    const afterSecondUp = this.#differences.get(at + 2);
    if (this.#done <= at) return { kind: "up-failed", message, violations };
    if (afterDown === undefined) return { kind: "down-failed", message };
    return afterSecondUp === undefined
      ? { kind: "second-up-failed", message, afterDown }
      : { kind: "completed", afterDown, afterSecondUp };
  }

  #isFirstUp(): boolean {
    const step = this.#steps[this.#done];
    return this.#steps[this.#done - 1]?.version !== step?.version;
  }

  #known(): KnownState {
    const { version } = this.#steps[this.#done] ?? {};
    const own = this.#steps.filter((step) => step.version === version);
    return new KnownState(this.#connection, this.#snapshots, touchedBy(own));
  }
}
