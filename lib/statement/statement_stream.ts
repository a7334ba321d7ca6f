// Runs the statements of one migration one by one, under the authorizer. Used alike by rehearsal
// and execution, so that what is rehearsed is what runs.

import type { ForeignKeyMode } from "../migration/migration.ts";
import { type Access, alterOf, isSchemaChange } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { Script, type Statement, type StatementText } from "../sqlite/script.ts";
import type { SqliteFailure } from "../sqlite/sqlite_error.ts";
import { optionsAgainst } from "./alter_options.ts";
import { type Violation, violationOf } from "./policy.ts";

/** A statement that is ready to run, with what it would do. */
export interface ReadyStatement {
  readonly kind: "ready";
  readonly text: StatementText;
  readonly accesses: readonly Access[];
  readonly violations: readonly Violation[];
  readonly parameterCount: number;
}

/** What a stream finds next. */
export type NextStatement =
  | ReadyStatement
  | { readonly kind: "end" }
  | {
    readonly kind: "failed";
    readonly text: StatementText;
    readonly failure: SqliteFailure;
    readonly violations: readonly Violation[];
  };

/** How a statement ended. */
export interface StatementOutcome {
  readonly failure: SqliteFailure | null;
  /** What it did beyond what its preparation reported; VACUUM shows itself only here. */
  readonly violations: readonly Violation[];
}

/**
 * `record` ignores what is forbidden, so that all of it is found; such a statement must not be run.
 * `refuse` denies it.
 */
export type Strictness = "record" | "refuse";

/** The tables that the statements of a run have created and dropped, folded. */
export interface RunTables {
  readonly created: Set<string>;
  readonly dropped: Set<string>;
  /** Whether there may be temporary objects, which `dropTemporaryObjects()` drops. */
  hasTemporary: boolean;
}

/** The tables of a run before its first statement. */
export function noTables(): RunTables {
  return { created: new Set(), dropped: new Set(), hasTemporary: false };
}

/** The statements of one migration. Call `next()`, then `run()` or `skip()`, until the end. */
export class StatementStream implements Disposable {
  readonly #connection: Connection;
  readonly #script: Script;
  readonly #strictness: Strictness;
  readonly #foreignKeys: ForeignKeyMode;
  readonly #run: RunTables;
  #accesses: Access[] = [];
  #violations: Violation[] = [];
  #preparing = false;
  #statement: Statement | null = null;

  /** `foreignKeys` says whether they are enforced, with their actions, for writes to rows. */
  constructor(
    connection: Connection,
    sql: string,
    strictness: Strictness,
    foreignKeys: ForeignKeyMode,
    run: RunTables,
  ) {
    this.#connection = connection;
    this.#script = new Script(connection, sql);
    this.#strictness = strictness;
    this.#foreignKeys = foreignKeys;
    this.#run = run;
    this.#guard();
  }

  /** How many rows the prepared statement has read in full scans; 0 where there is none. */
  get scannedRows(): number {
    return this.#statement?.scannedRows ?? 0;
  }

  /** Prepares the next statement. */
  next(): NextStatement {
    return this.#prepare();
  }

  /** Runs the prepared statement. */
  run(): StatementOutcome {
    const statement = this.#statement;
    if (statement === null) throw new Error("run() without a prepared statement");
    // With foreign keys on, the DROP TABLE of a rebuild would delete the rows of children.
    const enforces = this.#foreignKeys === "on" && !this.#accesses.some(isSchemaChange);
    let failure = enforces
      ? enforcingForeignKeys(this.#connection, () => statement.run())
      : statement.run();
    if (failure !== null) failure = this.#runAgain(failure);
    const outcome = { failure, violations: [...this.#violations] };
    if (failure === null) this.#remember();
    this.skip();
    return outcome;
  }

  /**
   * Calls `trial` with the prepared statement and undoes what both did. The statement is ready to
   * run again afterwards.
   */
  tryOut<T>(trial: (run: () => SqliteFailure | null) => T): T {
    const run = (): SqliteFailure | null => {
      this.#guard();
      try {
        return this.#statement?.run() ?? null;
      } finally {
        this.#connection.authorize(null);
      }
    };
    try {
      return this.unguarded(() => this.#connection.undoing(() => trial(run)));
    } finally {
      // Rolling back made the prepared statement stale.
      this.#prepare();
    }
  }

  /** Runs godwit's own SQL between statements, without the authorizer. */
  unguarded<T>(action: () => T): T {
    this.#connection.authorize(null);
    try {
      return action();
    } finally {
      this.#guard();
    }
  }

  /** Passes over a statement that could not be prepared. */
  skipFailed(): void {
    this.#script.advancePastFailed();
  }

  /** Passes over the prepared statement. */
  skip(): void {
    this.#statement?.[Symbol.dispose]();
    this.#statement = null;
    this.#script.advance();
  }

  [Symbol.dispose](): void {
    this.skip();
    this.#connection.authorize(null);
    this.#script[Symbol.dispose]();
  }

  #guard(): void {
    this.#connection.authorize((access) => this.#judge(access));
  }

  #prepare(): NextStatement {
    while (true) {
      this.#statement?.[Symbol.dispose]();
      this.#statement = null;
      this.#accesses = [];
      this.#violations = [];
      this.#preparing = true;
      const prepared = this.#script.prepare();
      this.#preparing = false;
      const violations = this.#violations;
      this.#violations = [];
      switch (prepared.kind) {
        case "end":
          return prepared;
        case "failed":
          return { ...prepared, violations };
        case "nothing":
          if (violations.length > 0) return this.#ready(prepared.text, violations, 0);
          this.#script.advance();
          continue;
        case "statement":
          this.#statement = prepared.statement;
          return this.#ready(
            prepared.statement.text,
            violations,
            prepared.statement.parameterCount,
          );
      }
      prepared satisfies never;
    }
  }

  #ready(
    text: StatementText,
    violations: readonly Violation[],
    parameterCount: number,
  ): ReadyStatement {
    return { kind: "ready", text, accesses: this.#accesses, violations, parameterCount };
  }

  #judge(access: Access): number {
    const { SQLITE_OK, SQLITE_IGNORE, SQLITE_DENY } = this.#connection.sqlite3.capi;
    if (this.#preparing) this.#accesses.push(access);
    const violation = violationOf(access);
    if (violation === null) return SQLITE_OK;
    // SQLite reports ATTACH while a statement runs only for VACUUM, which attaches its copy.
    this.#note(
      !this.#preparing && access.kind === "attach"
        ? {
          code: "vacuum",
          message: "VACUUM is not allowed: it cannot run inside a migration's transaction",
        }
        : violation,
    );
    return this.#preparing && this.#strictness === "record" ? SQLITE_IGNORE : SQLITE_DENY;
  }

  // The authorizer is called for each column that is read; one report is enough.
  #note(violation: Violation): void {
    const isKnown = this.#violations.some(({ message }) => message === violation.message);
    if (!isKnown) this.#violations.push(violation);
  }

  /**
   * Runs an ALTER TABLE again that SQLite refused for the sake of another object, with the options
   * that let it pass. They act when the statement is prepared, and no row is written meanwhile.
   */
  #runAgain(refusal: SqliteFailure): SqliteFailure | null {
    const alter = alterOf(this.#accesses);
    if (alter === null) return refusal;
    const tried = new Set<number>();
    let failure: SqliteFailure | null = refusal;
    try {
      while (failure !== null) {
        const options = optionsAgainst(this.#connection, failure, alter, this.#run)
          .filter((each) => !tried.has(each));
        if (options.length === 0) break;
        for (const option of options) this.#connection.configure(option, true);
        for (const option of options) tried.add(option);
        this.#prepare();
        if (this.#statement === null) break;
        failure = this.#statement.run();
      }
      return failure;
    } finally {
      for (const option of tried) this.#connection.configure(option, false);
    }
  }

  #remember(): void {
    for (const access of this.#accesses) {
      if (access.kind === "create" && access.temporary) this.#run.hasTemporary = true;
      if (access.kind !== "create" && access.kind !== "drop" || access.object !== "table") continue;
      const name = foldName(access.name);
      const { created, dropped } = this.#run;
      (access.kind === "create" ? created : dropped).add(name);
      (access.kind === "create" ? dropped : created).delete(name);
    }
  }
}

/**
 * Runs `action` with foreign keys enforced. The option, unlike the pragma, takes effect within a
 * transaction.
 */
export function enforcingForeignKeys<T>(connection: Connection, action: () => T): T {
  const { SQLITE_DBCONFIG_ENABLE_FKEY } = connection.sqlite3.capi;
  connection.configure(SQLITE_DBCONFIG_ENABLE_FKEY, true);
  try {
    return action();
  } finally {
    connection.configure(SQLITE_DBCONFIG_ENABLE_FKEY, false);
  }
}
