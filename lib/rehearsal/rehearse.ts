// Runs a plan's steps on the shadow and records what they do. Nothing real is touched.

import type { Deadline } from "../deadline.ts";
import { subjectOf } from "../finding/subject_of.ts";
import { type DatabaseBase, schemaDigest } from "../history/database_base.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import { hasReservedPrefix, isReserved } from "../plan/reserved_names.ts";
import type { Connection } from "../sqlite/connection.ts";
import { textOf } from "../sqlite/row.ts";
import type { Schema } from "../sqlite/schema.ts";
import { SchemaFollower } from "../sqlite/schema_follower.ts";
import { entriesOf, schemaOf, SliceCollector, withChange } from "../sqlite/schema_slice.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { isInterrupt, type SqliteFailure } from "../sqlite/sqlite_error.ts";
import { Interrupter } from "../statement/interrupter.ts";
import { noTables } from "../statement/statement_stream.ts";
import { dropTemporaryObjects } from "../statement/temporary_objects.ts";
import { BreakageFollower } from "./breakages.ts";
import { NO_QUERY_FACTS, type QueryBase } from "./query_facts.ts";
import type { QueryFollower } from "./query_follower.ts";
import type { Rehearsal, RehearsedStep, RenamedTable } from "./rehearsal.ts";
import { rehearseStep, type Stage } from "./rehearse_step.ts";
import { buildShadow, type MissingObject } from "./shadow.ts";
import { stepFacts } from "./step_facts.ts";
import { needsMissing } from "./unrehearsed.ts";

/** What a rehearsal starts from. */
export interface RehearsalBase extends Pick<DatabaseBase, "schema" | "tablesWithRows" | "digests"> {
  /** The statements of the plugin's code; missing where they are not followed. */
  readonly queries?: QueryBase;
}

/** Called after each step that was rehearsed to its end; `schema()` is the schema after it. */
export type OnRehearsed = (step: PlanStep, facts: RehearsedStep, schema: () => Schema) => void;

/**
 * Rehearses steps, one after the other, on the schema of `base`. It ends at the first step that
 * could not be completed or was interrupted.
 */
export async function rehearse(
  sqlite3: Sqlite3,
  base: RehearsalBase,
  steps: readonly PlanStep[],
  deadline: Deadline,
  onRehearsed: OnRehearsed = () => {},
): Promise<Rehearsal> {
  // A status mostly finds nothing pending, and need not wait for a shadow then. Statements of code
  // can only be broken by a step; those that work at no version are found by rehearseFiles().
  if (steps.length === 0) return { steps: [], stopped: [], missing: [], queries: NO_QUERY_FACTS };
  return (await rehearsePart(sqlite3, base, steps, deadline, onRehearsed, Infinity)).rehearsal;
}

/** Rehearses as `rehearse()` does, and returns also the schema after the last complete step. */
export async function rehearsePart(
  sqlite3: Sqlite3,
  base: RehearsalBase,
  steps: readonly PlanStep[],
  deadline: Deadline,
  onRehearsed: OnRehearsed,
  stepTimeoutMs: number,
): Promise<{ readonly rehearsal: Rehearsal; readonly schema: Schema }> {
  const rehearsed: RehearsedStep[] = [];
  using shadow = buildShadow(sqlite3, base.schema);
  const { connection, missing } = shadow;
  using interrupter = new Interrupter(connection, deadline);
  let loaded = base.schema;
  const changes = new SliceCollector();
  let queries: QueryFollower | null = null;
  const end = (stopped: PlanStep | null): { rehearsal: Rehearsal; schema: Schema } => {
    const reason = interrupter.reason === "cancelled" ? "cancelled" : "timeout";
    const stops = stopped === null
      ? []
      : [{ ...subjectOf(stopped), reason, after: rehearsed.length } as const];
    return {
      rehearsal: {
        steps: rehearsed,
        stopped: stops,
        missing,
        queries: queries?.facts ?? NO_QUERY_FACTS,
      },
      schema: withChange(loaded, changes.slice),
    };
  };
  const tablesWithRows = new Set(base.tablesWithRows);
  let current = steps[0] ?? null;
  try {
    const schema = new SchemaFollower(connection, isReserved);
    const tables = noTables();
    const stage: Stage = {
      shadow,
      schema,
      interrupter,
      tablesWithRows,
      tables,
      isUncertain: false,
    };
    loaded = schema.schema;
    const isExact = await isLike(base, loaded, missing);
    const breakages = new BreakageFollower(connection, schema);
    const isUnsure = (failure: SqliteFailure): boolean =>
      needsMissing(failure, missing, stage.isUncertain);
    queries = base.queries === undefined || base.queries.files.length === 0
      ? null
      : await followQueries(connection, base.queries, isUnsure);
    for (const step of steps) {
      current = step;
      interrupter.setStepTimeout(stepTimeoutMs);
      const notes = rehearseStep(stage, step);
      if (interrupter.isOver()) return end(step);
      dropTemporaryObjects(connection, tables);
      const { slice } = notes.changes;
      const facts = stepFacts(step, notes, isExact && !stage.isUncertain);
      const isRenamed = notes.statements.some(({ alter }) => alter?.form === "rename-table");
      const whole: RehearsedStep = {
        ...facts,
        ...breakages.follow(step, slice, facts.renamed, notes.renames),
        brokenQueries: notes.complete ? queries?.follow(step, slice) ?? [] : [],
        reservedNames: isRenamed ? reservedNames(connection) : [],
      };
      rehearsed.push(whole);
      if (!notes.complete) break;
      changes.add(slice);
      renameIn(tablesWithRows, facts.renamed);
      onRehearsed(step, whole, () => schema.schema);
    }
    return end(null);
  } catch (error) {
    // The queries about the schema are interrupted too.
    if (!isInterrupt(error) || current === null) throw error;
    return end(current);
  }
}

// Most plugins have no statements, and a browser none at all.
async function followQueries(
  ...of: ConstructorParameters<typeof QueryFollower>
): Promise<QueryFollower> {
  const { QueryFollower } = await import("./query_follower.ts");
  return new QueryFollower(...of);
}

/** Says whether the shadow has exactly what the live schema has, but for what is missing. */
async function isLike(
  { schema, digests }: RehearsalBase,
  shadow: Schema,
  missing: readonly MissingObject[],
): Promise<boolean> {
  if (missing.length === 0) return await schemaDigest(shadow) === digests.schema;
  const names = new Set(missing.map(({ name }) => name));
  const loadable = schemaOf(
    entriesOf(schema).filter(({ object }) =>
      !names.has(object.name) && !("table" in object && names.has(object.table))
    ),
  );
  return await schemaDigest(shadow) === await schemaDigest(loadable);
}

function renameIn(tables: Set<string>, renamed: readonly RenamedTable[]): void {
  for (const { name } of renamed.filter(({ was }) => tables.delete(was))) tables.add(name);
}

// Tables that took a reserved name by a rename, which the authorizer does not report.
function reservedNames(connection: Connection): readonly string[] {
  return connection.rows("SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view')")
    .map((row) => textOf(row, "name"))
    .filter(hasReservedPrefix);
}
