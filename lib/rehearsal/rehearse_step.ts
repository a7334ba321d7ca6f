// Runs the statements of one step on the shadow and notes what they do.

import { type SourcePlace, SourceText } from "../finding/source_text.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import { type Access, alterOf, isSchemaChange, isTemporary } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { firingKeys } from "../sqlite/foreign_key_actions.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { StatementText } from "../sqlite/script.ts";
import { withMeantName } from "../sqlite/meant_name.ts";
import type { SqliteFailure } from "../sqlite/sqlite_error.ts";
import { StepChanges } from "../sqlite/step_changes.ts";
import type { Interrupter } from "../statement/interrupter.ts";
import {
  type ReadyStatement,
  type RunTables,
  StatementStream,
} from "../statement/statement_stream.ts";
import { ForgottenColumns } from "./forgotten_columns.ts";
import { GainedKeys } from "./gained_keys.ts";
import { insertProbeRow } from "./probe_row.ts";
import { LostObjects } from "./lost_objects.ts";
import { misplacedColumn } from "./misplaced_columns.ts";
import type { NotableStatement, StatementProblem } from "./rehearsal.ts";
import type { Shadow } from "./shadow.ts";
import { writesIdleSequence } from "./sequence_writes.ts";
import { type TableRename, tableRenameIn } from "./stray_references.ts";
import { maySetOffMissing, needsMissing } from "./unrehearsed.ts";
import { WriteNotes } from "./write_notes.ts";

// What a statement that does not change the schema may cost. Without rows nearly all cost next to
// nothing, and one that generates millions of rows shows nothing more after this.
const BUDGET_OPERATIONS = 2_000_000;

/** What the steps of a rehearsal share. */
export interface Stage {
  readonly shadow: Shadow;
  readonly schema: SchemaFollower;
  readonly interrupter: Interrupter;
  /** Tables that have rows in the live database, by their present names. */
  readonly tablesWithRows: Set<string>;
  readonly tables: RunTables;
  /** Whether a statement was left out that may have changed the schema. */
  isUncertain: boolean;
}

/** What the statements of a step did. Tables have the names that they had before it. */
export interface StepNotes {
  readonly changes: StepChanges;
  readonly statements: NotableStatement[];
  readonly renames: TableRename[];
  readonly writes: WriteNotes;
  readonly lost: LostObjects;
  readonly gained: GainedKeys;
  readonly forgotten: ForgottenColumns;
  statementCount: number;
  /** Whether every statement could be tried. */
  complete: boolean;
  /** Whether a statement was left out, or may do more, because the shadow is missing something. */
  hasUnrehearsed: boolean;
}

/** What is noted of a statement before it runs. */
interface StatementDraft extends Omit<NotableStatement, keyof SourcePlace | "problems"> {
  /** Bytes from the start of the section to the statement's first token. */
  readonly start: number;
}

/** Runs every statement that can be run; ends early at one that cannot be prepared. */
export function rehearseStep(stage: Stage, step: PlanStep): StepNotes {
  const rehearsal = new StepRehearsal(stage, step);
  rehearsal.run();
  return rehearsal.notes;
}

class StepRehearsal {
  readonly notes: StepNotes;
  readonly #stage: Stage;
  readonly #step: PlanStep;
  readonly #source: SourceText;

  constructor(stage: Stage, step: PlanStep) {
    this.#stage = stage;
    this.#step = step;
    this.#source = new SourceText(step);
    const changes = new StepChanges(stage.schema);
    this.notes = {
      changes,
      statements: [],
      renames: [],
      writes: new WriteNotes(this.#connection, stage.schema, changes.lineage, step.foreignKeys),
      lost: new LostObjects(stage.shadow.connection),
      gained: new GainedKeys(stage.shadow.connection),
      forgotten: new ForgottenColumns(),
      statementCount: 0,
      complete: false,
      hasUnrehearsed: false,
    };
  }

  run(): void {
    const { sql, foreignKeys } = this.#step;
    const mode = foreignKeys ?? "off";
    using stream = new StatementStream(this.#connection, sql, "record", mode, this.#stage.tables);
    while (true) {
      const next = stream.next();
      if (next.kind === "end") {
        this.notes.complete = true;
        return;
      }
      this.notes.statementCount += 1;
      if (next.kind === "failed") {
        const problems: StatementProblem[] = next.violations.map(violationProblem);
        if (problems.length === 0) {
          problems.push(this.#failureProblem(stream, next.failure, next.text));
        }
        this.#note(
          this.#draft(next.text, [], []),
          problems,
          next.failure.offset ?? next.text.offset,
        );
        if (problems.some(({ kind }) => kind !== "unrehearsed")) return;
        stream.skipFailed();
        continue;
      }
      // What a statement does to which tables is read from the schema before it.
      const { writes, statementCount } = this.notes;
      if (maySetOffMissing(next.accesses, this.#stage.shadow.missing, foreignKeys)) {
        this.notes.hasUnrehearsed = true;
      }
      const accesses = writes.accessesOf(stream, next);
      const updates = writes.note(statementCount, stream, next, accesses);
      const draft = this.#draft(next.text, next.accesses, updates);
      this.#noteCopy(next);
      const problems = this.#tryStatement(stream, next);
      if (this.#stage.interrupter.isOver()) return;
      this.#note(draft, problems, next.text.offset);
      if (problems.some(({ kind }) => kind === "sql")) return;
    }
  }

  get #connection(): Connection {
    return this.#stage.shadow.connection;
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
    const misplaced = misplacedColumn(this.#connection, stream, ready, this.#stage.schema);
    if (misplaced !== null) problems.push({ kind: "misplaced", misplaced });
    if (writesIdleSequence(ready.accesses, this.#stage.schema)) {
      problems.push({ kind: "idle-sequence" });
    }

    const { interrupter } = this.#stage;
    const changesSchema = ready.accesses.some(isSchemaChange);
    if (changesSchema) stream.unguarded(() => this.#noteObjects(ready));
    interrupter.setBudget(changesSchema ? Infinity : BUDGET_OPERATIONS);
    const { failure, violations } = stream.run();
    problems.push(...violations.map(violationProblem));
    if (failure === null || violations.length > 0) {
      this.#follow(stream, ready, changesSchema);
    } else if (changesSchema) {
      problems.push(this.#failureProblem(stream, failure, ready.text));
    } else if (interrupter.reason === "budget") {
      problems.push({ kind: "unfinished" });
    } else {
      problems.push({ kind: "unproven", message: failure.message });
    }
    interrupter.setBudget(Infinity);
    return problems;
  }

  // SQLite refuses some forms of ALTER TABLE only when the table has a row.
  #probe(stream: StatementStream, { accesses }: ReadyStatement): StatementProblem | null {
    const alter = accesses.some((access) => access.kind === "alter-table" && isTemporary(access))
      ? null
      : alterOf(accesses);
    if (alter?.form !== "add-column") return null;
    const { schema, tablesWithRows } = this.#stage;
    const table = schema.table(alter.table);
    const origin = this.notes.changes.lineage.originOf(alter.table);
    if (table === null || origin === null || !tablesWithRows.has(origin)) return null;
    const failure = stream.tryOut((run) => insertProbeRow(this.#connection, table) ? run() : null);
    // These alone hold for every row. A CHECK or a generated column is computed for each row, and
    // its result for a made-up value proves nothing about the real ones.
    return failure?.message.toLowerCase().startsWith("cannot add a ")
      ? { kind: "needs-empty-table", table: table.name, message: failure.message }
      : null;
  }

  #follow(
    stream: StatementStream,
    { accesses, text }: ReadyStatement,
    changesSchema: boolean,
  ): void {
    const { notes } = this;
    for (const access of accesses) {
      if (access.kind !== "delete" || isTemporary(access)) continue;
      const table = this.#oldTable(access.table);
      if (table !== null) this.#stage.tablesWithRows.delete(table);
    }
    if (!changesSchema) return;
    const slice = stream.unguarded(() => notes.changes.follow(accesses));
    const isRename = alterOf(accesses)?.form === "rename-table";
    const rename = isRename ? tableRenameIn(slice) : null;
    if (rename === null) return;
    const place = this.#source.placeOf(text, text.offset);
    notes.renames.push({ ...rename, file: this.#step.file, place });
  }

  #noteObjects({ accesses, text }: ReadyStatement): void {
    this.notes.lost.note(accesses);
    this.notes.gained.note(
      accesses,
      (table) => this.#oldTable(table),
      () => this.#source.placeOf(text, text.offset),
    );
  }

  #noteCopy({ text, accesses }: ReadyStatement): void {
    const { schema } = this.#stage;
    this.notes.forgotten.note(
      text.sql,
      accesses,
      (name) => schema.table(name),
      (name) => this.#oldTable(name) === null,
      () => this.#source.placeOf(text, text.offset),
    );
  }

  /** The name of a table before the step; `null` for a new one. */
  #oldTable(table: string): string | null {
    return this.#stage.schema.table(table) === null
      ? null
      : this.notes.changes.lineage.originOf(table);
  }

  #failureProblem(
    stream: StatementStream,
    failure: SqliteFailure,
    { sql }: StatementText,
  ): StatementProblem {
    if (!needsMissing(failure, this.#stage.shadow.missing, this.#stage.isUncertain)) {
      const { message } = failure;
      return {
        kind: "sql",
        message: stream.unguarded(() => withMeantName(this.#connection, message, sql)),
      };
    }
    if (!/^(insert|update|delete|replace|with|select)\b/i.test(sql)) this.#stage.isUncertain = true;
    this.notes.hasUnrehearsed = true;
    return { kind: "unrehearsed", message: failure.message };
  }

  #draft(
    { sql, offset: start }: StatementText,
    accesses: readonly Access[],
    updates: readonly string[],
  ): StatementDraft {
    const { lineage } = this.notes.changes;
    const drops = accesses.flatMap((access) =>
      access.kind === "drop" && access.object === "table" && !access.temporary
        ? [lineage.originOf(access.name) ?? access.name]
        : []
    );
    const deletesFrom = accesses.some(isSchemaChange) ? [] : accesses.flatMap((access) => {
      if (access.kind !== "delete" || access.trigger !== null || isTemporary(access)) return [];
      return this.#oldTable(access.table) ?? [];
    });
    return {
      sql,
      start,
      alter: alterOf(accesses),
      drops,
      updates,
      deletesFrom,
      actionsOf: this.#step.foreignKeys === null
        ? firingKeys(sql, accesses, this.#stage.schema).map(({ parent }) => parent)
        : [],
    };
  }

  #note(
    { start, ...draft }: StatementDraft,
    problems: readonly StatementProblem[],
    offset: number,
  ): void {
    const { alter, updates, drops, deletesFrom, actionsOf } = draft;
    const isPlain = alter === null &&
      [updates, drops, deletesFrom, actionsOf, problems].every(({ length }) => length === 0);
    if (isPlain) return;
    this.notes.statements.push({
      ...draft,
      ...this.#source.placeOf({ sql: draft.sql, offset: start }, offset),
      problems,
    });
  }
}

function violationProblem(violation: ReadyStatement["violations"][number]): StatementProblem {
  return { kind: "violation", violation };
}
