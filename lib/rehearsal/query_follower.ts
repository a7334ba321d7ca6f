// Follows which statements of a plugin's code work while its migrations run. They are prepared on
// the shadow and never executed. Loaded on demand.

import type { FindingSubject, QueryPlace } from "../finding/finding.ts";
import { SourceText } from "../finding/source_text.ts";
import { subjectOf } from "../finding/subject_of.ts";
import { isInRange, type QueryFile } from "../migration/query_file.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import { type Access, isWrite } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { changedTables, type SchemaSlice } from "../sqlite/schema_slice.ts";
import { type Prepared, Script, type StatementText } from "../sqlite/script.ts";
import { SqliteError, type SqliteFailure } from "../sqlite/sqlite_error.ts";
import { whyNotAQuery } from "../statement/query_policy.ts";
import { columnWithoutValue } from "./column_without_value.ts";
import type { BrokenQuery, FailingQuery, QueryBase, QueryFacts } from "./query_facts.ts";

type State =
  | { readonly kind: "works" }
  | { readonly kind: "fails"; readonly place: QueryPlace; readonly message: string }
  | { readonly kind: "unchecked"; readonly place: QueryPlace; readonly reason: string };

/** One statement, and what is known of it. */
interface Query {
  readonly queryFile: QueryFile;
  readonly source: SourceText;
  readonly text: StatementText;
  /** The tables and views that it used when it was last prepared, folded. */
  uses: ReadonlySet<string>;
  state: State;
  hasWorked: boolean;
  /** The first or the last failure of one that has not worked, where code runs it. */
  failing: FailingQuery | null;
  open: (BrokenQuery & { mendedBy: FindingSubject | null }) | null;
}

/** What SQLite said of a statement, which is disposed of, and what it would access. */
interface Attempt {
  readonly prepared: Prepared;
  readonly accesses: readonly Access[];
}

/** What a failure is about that another build of SQLite, or a program, may have. */
const MISSING_HERE =
  /^(?:no such (?:function|module|collation sequence|tokenizer)|unknown tokenizer)/;

/** The statements of a plugin's code on a shadow. */
export class QueryFollower {
  readonly #connection: Connection;
  readonly #isUnsure: (failure: SqliteFailure) => boolean;
  readonly #queries: readonly Query[];
  readonly #changed = new Set<string>();
  #lastVersion: number | null = null;

  /**
   * Prepares every statement before the first step. `isUnsure` says of a failure whether it may be
   * of the shadow alone.
   */
  constructor(
    connection: Connection,
    { files, version }: QueryBase,
    isUnsure: (failure: SqliteFailure) => boolean,
  ) {
    this.#connection = connection;
    this.#isUnsure = isUnsure;
    this.#queries = files.flatMap((queryFile) => this.#read(queryFile));
    for (const query of this.#queries) note(query, version);
  }

  /** What a step breaks. A DOWN leads to the schema of older code, which is not judged. */
  follow(step: PlanStep, slice: SchemaSlice): readonly BrokenQuery[] {
    if (this.#queries.length === 0) return [];
    for (const name of changedTables(slice)) this.#changed.add(foldName(name));
    // A second UP leads to the schema of the first.
    if (step.direction === "rollback" || this.#lastVersion === step.version) return [];
    this.#lastVersion = step.version;
    const changed = new Set(this.#changed);
    this.#changed.clear();
    return this.#queries.flatMap((query) => {
      const { versions } = query.queryFile;
      if (!mayDiffer(query, changed)) {
        note(query, step.version);
        return [];
      }
      const uses = [...query.uses];
      this.#prepareAgain(query);
      const hadWorked = query.hasWorked && query.open === null;
      note(query, step.version);
      const { state } = query;
      if (state.kind === "works" && query.open !== null) {
        query.open.mendedBy = subjectOf(step);
        query.open = null;
      }
      if (state.kind !== "fails" || !hadWorked || !isInRange(versions, step.version)) return [];
      const { place, message } = state;
      query.open = { ...place, message, uses, mendedBy: null };
      return [query.open];
    });
  }

  /** What is known after the last step. */
  get facts(): QueryFacts {
    return {
      failing: this.#queries.flatMap(({ failing }) => failing ?? []),
      unchecked: this.#queries.flatMap(({ state }) =>
        state.kind === "unchecked" ? [{ ...state.place, reason: state.reason }] : []
      ),
    };
  }

  #read(queryFile: QueryFile): readonly Query[] {
    const queries: Query[] = [];
    const source = new SourceText({ sql: queryFile.sql, line: 1 });
    using script = new Script(this.#connection, queryFile.sql);
    while (true) {
      const attempt = this.#guarded(script);
      const { prepared } = attempt;
      if (prepared.kind === "end") return queries;
      let text: StatementText;
      if (prepared.kind === "failed") text = script.advancePastFailed();
      else {
        text = prepared.kind === "statement" ? prepared.statement.text : prepared.text;
        script.advance();
      }
      // A comment, or a lone semicolon.
      if (text.sql === "") continue;
      const query: Query = {
        queryFile,
        source,
        text,
        uses: new Set(),
        state: { kind: "works" },
        hasWorked: false,
        failing: null,
        open: null,
      };
      this.#judge(query, attempt, 0);
      queries.push(query);
    }
  }

  #prepareAgain(query: Query): void {
    using script = new Script(this.#connection, query.text.sql);
    this.#judge(query, this.#guarded(script), query.text.offset);
  }

  /** Notes how a statement is now; `start` is where in its file the prepared script begins. */
  #judge(query: Query, { prepared, accesses }: Attempt, start: number): void {
    const { queryFile: { file }, source, text } = query;
    query.uses = new Set(
      accesses.flatMap((access) =>
        "table" in access && access.table !== null ? [foldName(access.table)] : []
      ),
    );
    const placeAt = (offset: number): QueryPlace => ({ file, ...source.placeOf(text, offset) });
    const refused = accesses.flatMap((access) => whyNotAQuery(access) ?? []).at(0);
    if (refused !== undefined) {
      query.state = { kind: "unchecked", place: placeAt(text.offset), reason: refused };
      return;
    }
    if (prepared.kind !== "failed") {
      const column = accesses.some(isWrite) ? columnWithoutValue(this.#connection, text.sql) : null;
      query.state = column === null ? { kind: "works" } : {
        kind: "fails",
        place: placeAt(text.offset),
        message: `it gives ${column} no value, which is NOT NULL without a default`,
      };
      return;
    }
    const { failure } = prepared;
    if (failure.code === "SQLITE_INTERRUPT") throw new SqliteError(failure);
    const place = placeAt(failure.offset === null ? text.offset : start + failure.offset);
    query.state = MISSING_HERE.test(failure.message) || this.#isUnsure(failure)
      ? { kind: "unchecked", place, reason: failure.message }
      : { kind: "fails", place, message: failure.message };
  }

  /** Prepares what is next in a script. Some pragmas act at once, so what is no query is ignored. */
  #guarded(script: Script): Attempt {
    const { SQLITE_OK, SQLITE_IGNORE } = this.#connection.sqlite3.capi;
    const accesses: Access[] = [];
    this.#connection.authorize((access) => {
      accesses.push(access);
      return whyNotAQuery(access) === null ? SQLITE_OK : SQLITE_IGNORE;
    });
    try {
      const prepared = script.prepare();
      if (prepared.kind === "statement") prepared.statement[Symbol.dispose]();
      return { prepared, accesses };
    } finally {
      this.#connection.authorize(null);
    }
  }
}

/** Whether a statement may work otherwise than before, after a change of these tables and views. */
function mayDiffer({ state, uses }: Query, changed: ReadonlySet<string>): boolean {
  if (changed.size === 0) return false;
  if (state.kind === "works") return [...uses].some((name) => changed.has(name));
  // A name without a schema is in the statement itself, and not in a view or a trigger.
  const missing = state.kind === "fails"
    ? /^no such table: ([^.]+)$/.exec(state.message)?.[1]
    : null;
  return missing == null || changed.has(foldName(missing));
}

/** Notes how a statement is at a version, if code runs it there. */
function note(query: Query, version: number): void {
  const { queryFile: { versions }, state } = query;
  if (!isInRange(versions, version)) return;
  if (state.kind === "fails" && !query.hasWorked) {
    const isDeclared = versions.from !== null;
    if (isDeclared && query.failing !== null) return;
    query.failing = { ...state.place, message: state.message, version, isDeclared };
  }
  if (state.kind === "fails") return;
  if (state.kind === "works") query.hasWorked = true;
  if (query.failing?.isDeclared === false) query.failing = null;
}
