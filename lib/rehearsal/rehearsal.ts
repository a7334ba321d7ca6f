// The facts that a rehearsal yields, for the rules and for execution. Plain data; runs anywhere.

import type { FindingSubject } from "../finding/finding.ts";
import type { SourcePlace } from "../finding/source_text.ts";
import type { Direction } from "../plan/select_steps.ts";
import type { AlterForm } from "../sqlite/access.ts";
import type { BrokenObject } from "../sqlite/compiled_objects.ts";
import type { ForeignKeyFault } from "../sqlite/foreign_key_faults.ts";
import type { SchemaChange, TableFate } from "../sqlite/schema_diff.ts";
import type { Violation } from "../statement/policy.ts";
import type { GainedKey } from "./gained_keys.ts";
import type { ForgottenColumn } from "./forgotten_columns.ts";
import type { MisplacedColumn } from "./misplaced_columns.ts";
import type { BrokenQuery, QueryFacts } from "./query_facts.ts";
import type { MissingObject } from "./shadow.ts";
import type { StrayReference } from "./stray_references.ts";

/** What is wrong with a statement. */
export type StatementProblem =
  | { readonly kind: "violation"; readonly violation: Violation }
  /** SQLite refuses it. */
  | { readonly kind: "sql"; readonly message: string }
  | { readonly kind: "parameters"; readonly count: number }
  /** It would work on an empty table, and this one has rows. */
  | { readonly kind: "needs-empty-table"; readonly table: string; readonly message: string }
  /** It failed on tables without rows; on the real rows it may not. */
  | { readonly kind: "unproven"; readonly message: string }
  /** A column gets the values of another one. */
  | { readonly kind: "misplaced"; readonly misplaced: MisplacedColumn }
  /** It writes to `sqlite_sequence`, and no table has AUTOINCREMENT. */
  | { readonly kind: "idle-sequence" }
  /** It exceeded its budget on tables without rows. */
  | { readonly kind: "unfinished" }
  /** It needs an object that the shadow is missing, or what such a statement made. */
  | { readonly kind: "unrehearsed"; readonly message: string };

/** A statement that the rules may have something to say about. */
export interface NotableStatement extends SourcePlace {
  /** The whole statement; its place is that of its first token, or of the token at fault. */
  readonly sql: string;
  readonly alter: { readonly table: string; readonly form: AlterForm } | null;
  /** Tables from before the migration from which this statement itself deletes rows. */
  readonly deletesFrom: readonly string[];
  /** Tables from before the migration that this statement is the first to update. */
  readonly updates: readonly string[];
  /** Tables that this statement drops, by their names before the migration, or their own. */
  readonly drops: readonly string[];
  /** Parents, with actions at their children, whose rows it deletes or whose keys it updates. */
  readonly actionsOf: readonly string[];
  readonly problems: readonly StatementProblem[];
}

/** A table from before a migration that the migration writes to, drops or rebuilds. */
export interface WatchedTable extends TableFate {
  /** Its name before the migration. */
  readonly name: string;
  /** Whether it was dropped; if there is a table `after`, it was rebuilt. */
  readonly isDropped: boolean;
  readonly writes: Writes;
  readonly handover: Handover | null;
}

/** What a migration's statements, and the triggers that they fire, do to the rows of a table. */
export interface Writes {
  readonly inserts: boolean;
  /** Whether an INSERT may take the place of other rows, as REPLACE does. */
  readonly replaces: boolean;
  readonly deletes: boolean;
  /** Whether an UPDATE may delete the rows in its way, as OR REPLACE does. */
  readonly displaces: boolean;
  /** The columns that are updated, as they were called before; `ROWID` for the row number. */
  readonly updates: readonly string[];
}

/**
 * The moment of a rebuild at which the old table is still as it was and the new one is already as
 * it will be: just before the old one is dropped.
 */
export interface Handover {
  /** The number of the statement that drops the old table, from 1. */
  readonly number: number;
  /** What the old table is called then. */
  readonly name: string;
  /** What the new table is called then. */
  readonly successor: string;
}

/** A table that a migration gave another name. */
export interface RenamedTable {
  readonly was: string;
  readonly name: string;
}

/** An index or a trigger that vanished with a rebuilt table or a replaced view. */
export interface LostObject {
  readonly object: "index" | "trigger";
  readonly owner: "table" | "view";
  /** The table or view that it was on. */
  readonly table: string;
  readonly name: string;
}

/** Something that does not work after a step, although it did before, or is new. */
export type Breakage<T> = T & {
  /** The later step of the same run after which it works; `null` if there is none. */
  readonly mendedBy: FindingSubject | null;
};

/** A part of the plugin's schema that names one of godwit's tables. */
export interface ReservedReference {
  readonly object: "view" | "trigger" | "foreign key";
  /** The view, or the table that the trigger or the key is on. */
  readonly name: string;
  /** Godwit's table. */
  readonly reserved: string;
}

/** What one step did to the shadow. */
export interface RehearsedStep {
  readonly direction: Direction;
  readonly version: number;
  readonly name: string;
  readonly file: string;
  /** Statements that were seen; all there are if `complete`. */
  readonly statementCount: number;
  readonly statements: readonly NotableStatement[];
  readonly changes: readonly SchemaChange[];
  readonly watched: readonly WatchedTable[];
  /** The tables from before the step that it changes. */
  readonly fates: readonly TableFate[];
  readonly renamed: readonly RenamedTable[];
  readonly lost: readonly LostObject[];
  /** Unique keys of tables from before the step. */
  readonly gained: readonly GainedKey[];
  readonly forgotten: readonly ForgottenColumn[];
  readonly broken: readonly Breakage<BrokenObject>[];
  readonly faultyKeys: readonly Breakage<ForeignKeyFault>[];
  readonly strays: readonly Breakage<StrayReference>[];
  /** Statements of the plugin's code that worked before an UP and do not after it. */
  readonly brokenQueries: readonly BrokenQuery[];
  /**
   * Tables from before the step whose rows or schema it changes, by their names then; `null` where
   * it has statements that could not be rehearsed, or may do more than the rehearsal shows.
   */
  readonly touched: readonly string[] | null;
  /** Tables that took a reserved name by a rename, which the authorizer does not report. */
  readonly reservedNames: readonly string[];
  /** Views, triggers and foreign keys, new with this step, that reach into godwit's tables. */
  readonly reservedReferences: readonly ReservedReference[];
  /** What it did to the schema, by `schemaDelta()`; `null` where that is not exactly known. */
  readonly schemaDelta: string | null;
  /** Whether every statement could be tried. */
  readonly complete: boolean;
}

/** Why a rehearsal was interrupted. */
export type Interruption = "timeout" | "cancelled";

/** A step whose rehearsal was interrupted. */
export interface StoppedStep extends FindingSubject {
  readonly reason: Interruption;
  /** How many steps were rehearsed before it; those after it were rehearsed without it. */
  readonly after: number;
}

/** The rehearsal of a plan's steps, which need not reach the last one. */
export interface Rehearsal {
  readonly steps: readonly RehearsedStep[];
  readonly stopped: readonly StoppedStep[];
  /** What the database has and this SQLite cannot load. */
  readonly missing: readonly MissingObject[];
  /** What is known of the statements of the plugin's code after the last step. */
  readonly queries: QueryFacts;
}
