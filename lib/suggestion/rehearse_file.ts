// Rehearses one file by itself: up, down and up again.

import type { Deadline } from "../deadline.ts";
import type { Migration } from "../migration/migration.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import { thereAndBack } from "../plan/there_and_back.ts";
import type { Rehearsal } from "../rehearsal/rehearsal.ts";
import { type RehearsalBase, rehearse } from "../rehearsal/rehearse.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";

/** A file that was rehearsed, and the schemas after the steps that came to their end. */
export interface RehearsedFile {
  readonly migration: Migration;
  readonly steps: readonly PlanStep[];
  readonly rehearsal: Rehearsal;
  readonly schemas: readonly Schema[];
}

/** Rehearses a file on the schema before it; one without a DOWN is only applied. */
export async function rehearseFile(
  sqlite3: Sqlite3,
  base: RehearsalBase,
  migration: Migration,
  deadline: Deadline,
): Promise<RehearsedFile> {
  const steps = thereAndBack([migration]);
  const schemas: Schema[] = [];
  const rehearsal = await rehearse(sqlite3, base, steps, deadline, (_step, _facts, schema) => {
    schemas.push(schema());
  });
  return { migration, steps, rehearsal, schemas };
}
