// Runs a plan's steps on the shadow and records what they do. Nothing real is touched.

import { sourcePlace } from "../finding/source_position.ts";
import { subjectOf } from "../finding/subject_of.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import { isReserved } from "../plan/reserved_names.ts";
import { type Access, alterOf, isTemporary } from "../sqlite/access.ts";
import { type BrokenObject, brokenObjects } from "../sqlite/broken_objects.ts";
import type { Connection } from "../sqlite/connection.ts";
import { danglingKeys } from "../sqlite/dangling_keys.ts";
import { textOf } from "../sqlite/row.ts";
import { readSchema, type Schema } from "../sqlite/schema.ts";
import { schemaDelta } from "../sqlite/schema_delta.ts";
import { diffSchemas } from "../sqlite/schema_diff.ts";
import { followStatement, type Lineage, startLineage } from "../sqlite/schema_lineage.ts";
import type { StatementText } from "../sqlite/script.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { isInterrupt } from "../sqlite/sqlite_error.ts";
import { type DatabaseBase, schemaDigest } from "../history/database_base.ts";
import { Interrupter } from "../statement/interrupter.ts";
import type { Deadline } from "../deadline.ts";
import { insertProbeRow } from "./probe_row.ts";
import type { NotableStatement, Rehearsal, RehearsedStep, StatementProblem } from "./rehearsal.ts";
import { type ReservedReference, reservedReferences } from "./reserved_references.ts";
import { LostObjects } from "./lost_objects.ts";
import { canDeleteRows, replacesRows } from "./replaced_rows.ts";
import { buildShadow } from "./shadow.ts";
import { TableWrites } from "./table_writes.ts";
import { type ReadyStatement, StatementStream } from "../statement/statement_stream.ts";
import { dropTemporaryObjects } from "../statement/temporary_objects.ts";

// What a statement that leaves the schema alone may cost. Without rows nearly all cost next to
// nothing; one that makes rows up by the million shows no more by going on.
const BUDGET_OPERATIONS = 2_000_000;

/** What a rehearsal starts from. */
export type RehearsalBase = Pick<DatabaseBase, "schema" | "tablesWithRows" | "digests">;

/** Called after each step that was rehearsed to its end, with the schema after it. */
export type OnRehearsed = (step: PlanStep, facts: RehearsedStep, after: Schema) => void;

/**
 * Rehearses steps, one after the other, on the schema of `base`. It ends at the first step that could
 * not be completed or was interrupted.
 */
export async function rehearse(
  sqlite3: Sqlite3,
  base: RehearsalBase,
  steps: readonly PlanStep[],
  deadline: Deadline,
  onRehearsed: OnRehearsed = () => {},
  stepTimeoutMs = Infinity,
): Promise<Rehearsal> {
  const rehearsed: RehearsedStep[] = [];
  const [first] = steps;
  if (first === undefined) return { steps: rehearsed, stopped: [] };
  using shadow = buildShadow(sqlite3, base.schema);
  using interrupter = new Interrupter(shadow, deadline);
  const stoppedAt = (step: PlanStep): Rehearsal => {
    const reason = interrupter.reason === "cancelled" ? "cancelled" : "timeout";
    return {
      steps: rehearsed,
      stopped: [{ ...subjectOf(step), reason, after: rehearsed.length }],
    };
  };
  let current = first;
  try {
    const tablesWithRows = new Set(base.tablesWithRows);
    let before = readSchema(shadow, isReserved);
    const isExact = await schemaDigest(before) === base.digests.schema;
    let broken = brokenObjects(shadow, before);
    let references = reservedReferences(shadow, before);
    for (const step of steps) {
      current = step;
      interrupter.setStepTimeout(stepTimeoutMs);
      const stage = new Stage(shadow, interrupter, step, before, tablesWithRows);
      const complete = stage.run();
      if (interrupter.isOver()) return stoppedAt(step);
      dropTemporaryObjects(shadow);
      const after = stage.schema;
      const brokenAfter = brokenObjects(shadow, after);
      const referencesAfter = reservedReferences(shadow, after);
      const facts = {
        ...stage.facts(after),
        broken: newlyBroken(broken, brokenAfter),
        reservedNames: reservedNames(shadow),
        reservedReferences: newReferences(references, referencesAfter),
        schemaDelta: isExact ? schemaDelta(before, after) : null,
        complete,
      };
      rehearsed.push(facts);
      if (!complete) break;
      onRehearsed(step, facts, after);
      before = after;
      broken = brokenAfter;
      references = referencesAfter;
    }
    return { steps: rehearsed, stopped: [] };
  } catch (error) {
    // The queries about the schema are interrupted too.
    if (!isInterrupt(error)) throw error;
    return stoppedAt(current);
  }
}

/** The rehearsal of one step. */
class Stage {
  readonly #shadow: Connection;
  readonly #interrupter: Interrupter;
  readonly #step: PlanStep;
  readonly #before: Schema;
  // Shared by the steps; a table that rows were deleted from may be empty, and leaves it.
  readonly #tablesWithRows: Set<string>;
  readonly #statements: NotableStatement[] = [];
  readonly #writes: TableWrites;
  readonly #lost: LostObjects;
  #statementCount = 0;
  #schema: Schema;
  #lineage: Lineage;

  constructor(
    shadow: Connection,
    interrupter: Interrupter,
    step: PlanStep,
    before: Schema,
    tablesWithRows: Set<string>,
  ) {
    this.#shadow = shadow;
    this.#interrupter = interrupter;
    this.#step = step;
    this.#before = before;
    this.#tablesWithRows = tablesWithRows;
    this.#schema = before;
    this.#lineage = startLineage(before);
    this.#writes = new TableWrites(this.#lineage);
    this.#lost = new LostObjects(shadow);
  }

  /** The schema as it is now. */
  get schema(): Schema {
    return this.#schema;
  }

  /** Runs every statement that can be run; `false` where one could not be prepared. */
  run(): boolean {
    using stream = new StatementStream(this.#shadow, this.#step.sql, "record");
    while (true) {
      const next = stream.next();
      if (next.kind === "end") return true;
      this.#statementCount += 1;
      if (next.kind === "failed") {
        const problems: StatementProblem[] = next.violations.map(violationProblem);
        if (problems.length === 0) problems.push({ kind: "sql", ...next.failure });
        this.#note(
          next.text,
          this.#lineage,
          [],
          [],
          problems,
          next.failure.offset ?? next.text.offset,
        );
        return false;
      }
      const lineage = this.#lineage;
      const updates = this.#noteWrites(stream, next);
      const problems = this.#tryStatement(stream, next);
      if (this.#interrupter.isOver()) return false;
      this.#note(next.text, lineage, next.accesses, updates, problems, next.text.offset);
      if (problems.some(({ kind }) => kind === "sql")) return false;
    }
  }

  /** Everything about the step that follows from its schemas and statements. */
  facts(
    after: Schema,
  ): Omit<
    RehearsedStep,
    "broken" | "reservedNames" | "reservedReferences" | "schemaDelta" | "complete"
  > {
    const { direction, version, name, file } = this.#step;
    const diff = diffSchemas(this.#before, after, this.#lineage);
    const { changes, fates } = diff;
    const renamed = fates.flatMap(({ before: { name: was }, after }) =>
      after === null || after.name === was ? [] : [{ was, name: after.name }]
    );
    const names = new Map(renamed.map(({ was, name }) => [was, name]));
    const dangled = new Set(
      danglingKeys(this.#before).map(({ table, parent }) =>
        `${names.get(table) ?? table}|${parent}`
      ),
    );
    return {
      direction,
      version,
      name,
      file,
      statementCount: this.#statementCount,
      statements: this.#statements,
      changes,
      watched: this.#writes.watched(fates, this.#lineage),
      renamed,
      lost: this.#lost.lost(this.#before, after, diff),
      dangling: danglingKeys(after).filter(({ table, parent }) =>
        !dangled.has(`${table}|${parent}`)
      ),
    };
  }

  #tryStatement(stream: StatementStream, ready: ReadyStatement): readonly StatementProblem[] {
    if (ready.violations.length > 0) {
      stream.skip();
      return ready.violations.map(violationProblem);
    }
    const problems: StatementProblem[] = [];
    if (ready.parameterCount > 0) {
      problems.push({ kind: "parameters", count: ready.parameterCount });
    }
    const refusal = this.#probe(stream, ready);
    if (refusal !== null) problems.push(refusal);

    const changesSchema = ready.accesses.some(isSchemaChange);
    if (changesSchema) stream.unguarded(() => this.#lost.note(ready.accesses));
    this.#interrupter.setBudget(changesSchema ? Infinity : BUDGET_OPERATIONS);
    const { failure, violations } = stream.run();
    problems.push(...violations.map(violationProblem));
    if (failure === null || violations.length > 0) {
      this.#follow(stream, ready.accesses, changesSchema);
    } else if (changesSchema) {
      problems.push({ kind: "sql", ...failure });
    } else if (this.#interrupter.reason === "budget") {
      problems.push({
        kind: "unproven",
        message: "makes many rows and was not rehearsed to its end",
      });
    } else {
      problems.push({ kind: "unproven", message: failure.message });
    }
    this.#interrupter.setBudget(Infinity);
    return problems;
  }

  // SQLite refuses some forms of ALTER TABLE only when the table has a row.
  #probe(stream: StatementStream, { accesses }: ReadyStatement): StatementProblem | null {
    const alter = accesses.some((access) => access.kind === "alter-table" && isTemporary(access))
      ? null
      : alterOf(accesses);
    const table = this.#schema.tables.find(({ name }) => name === alter?.table);
    const origin = table === undefined ? null : this.#lineage.get(table.name)?.table ?? null;
    if (alter?.form !== "add-column" || table === undefined || origin === null) return null;
    if (!this.#tablesWithRows.has(origin)) return null;
    const hasRow = stream.unguarded(() => {
      this.#shadow.exec("SAVEPOINT godwit_probe");
      return insertProbeRow(this.#shadow, table);
    });
    const failure = hasRow ? stream.tryOut() : null;
    stream.unguarded(() => this.#shadow.exec("ROLLBACK TO godwit_probe; RELEASE godwit_probe"));
    // Rolling back made the prepared statement stale.
    stream.next();
    // These alone hold for every row. A column with a CHECK or a generated one is computed for each,
    // and what a made-up value gives says nothing about the real ones.
    return failure?.message.toLowerCase().startsWith("cannot add a ")
      ? { kind: "needs-empty-table", table: table.name, message: failure.message }
      : null;
  }

  #follow(stream: StatementStream, accesses: readonly Access[], changesSchema: boolean): void {
    for (const access of accesses) {
      if (access.kind !== "delete" || isTemporary(access)) continue;
      const table = this.#originOf(access.table);
      if (table !== null) this.#tablesWithRows.delete(table);
    }
    if (!changesSchema) return;
    const schema = stream.unguarded(() => readSchema(this.#shadow, isReserved));
    const form = alterOf(accesses)?.form ?? null;
    this.#lineage = followStatement(this.#lineage, this.#schema, schema, form);
    this.#schema = schema;
  }

  /** The table, as it was called before the migration, that a present table comes from. */
  #originOf(table: string): string | null {
    return this.#lineage.get(table)?.table ?? null;
  }

  #note(
    text: StatementText,
    lineage: Lineage,
    accesses: readonly Access[],
    updates: readonly string[],
    problems: readonly StatementProblem[],
    offset: number,
  ): void {
    const alter = alterOf(accesses);
    const drops = accesses.flatMap((access) =>
      access.kind === "drop" && access.object === "table" && !access.temporary
        ? [lineage.get(access.name)?.table ?? access.name]
        : []
    );
    const deletesFrom = drops.length > 0 ? [] : accesses.flatMap((access) => {
      if (access.kind !== "delete" || access.trigger !== null || isTemporary(access)) return [];
      const table = this.#originOf(access.table);
      return table === null ? [] : [table];
    });
    const count = updates.length + drops.length + deletesFrom.length + problems.length;
    if (alter === null && count === 0) return;
    const place = sourcePlace(this.#step.sql, this.#step.line, offset);
    this.#statements.push({
      sql: text.sql,
      ...place,
      alter,
      updates,
      deletesFrom,
      drops,
      problems,
    });
  }

  /** Returns the tables that no statement before this one updates. */
  #noteWrites(stream: StatementStream, { text, accesses }: ReadyStatement): readonly string[] {
    const replaces = replacesRows(this.#schema, text.sql, accesses);
    const isReplacing = replaces === "yes" ||
      replaces === "unknown" && stream.unguarded(() => canDeleteRows(this.#shadow, text.sql));
    return this.#writes.note(this.#statementCount, accesses, this.#lineage, isReplacing);
  }
}

function violationProblem(violation: ReadyStatement["violations"][number]): StatementProblem {
  return { kind: "violation", violation };
}

function isSchemaChange(access: Access): boolean {
  return access.kind === "create" || access.kind === "drop" || access.kind === "alter-table";
}

function newlyBroken(
  before: readonly BrokenObject[],
  after: readonly BrokenObject[],
): readonly BrokenObject[] {
  const known = new Set(before.map(({ object, name, message }) => `${object}|${name}|${message}`));
  return after.filter(({ object, name, message }) => !known.has(`${object}|${name}|${message}`));
}

function newReferences(
  before: readonly ReservedReference[],
  after: readonly ReservedReference[],
): readonly ReservedReference[] {
  return after.filter(({ object, name, reserved }) =>
    !before.some((each) =>
      each.object === object && each.name === name && each.reserved === reserved
    )
  );
}

function reservedNames(connection: Connection): readonly string[] {
  return connection.rows("SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view')")
    .map((row) => textOf(row, "name"))
    .filter((name) =>
      isReserved(name) && !name.toLowerCase().startsWith("plugin_schema_migration")
    );
}
