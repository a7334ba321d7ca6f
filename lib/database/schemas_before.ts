// Keeps the schema before each file of a rehearsal, on which the file is proven. Pure; runs anywhere.

import type { Migration } from "../migration/migration.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import type { FileToProve } from "../proof/prove.ts";
import type { Rehearsal } from "../rehearsal/rehearsal.ts";
import type { Schema } from "../sqlite/schema.ts";
import { hasStatement } from "../sqlite/skip_trivia.ts";

/** The schema before each file, as a rehearsal comes to it. */
export class SchemasBefore {
  readonly #schemas = new Map<number, Schema>();
  #present: Schema;

  /** `schema` is that before the first step. */
  constructor(schema: Schema) {
    this.#present = schema;
  }

  /** Call it after each step, with the schema then. */
  note({ version }: PlanStep, schema: Schema): void {
    if (!this.#schemas.has(version)) this.#schemas.set(version, this.#present);
    this.#present = schema;
  }

  /** The files whose UP and DOWN were rehearsed to their end; those without a DOWN are only applied. */
  filesToProve(
    migrations: readonly Migration[],
    { steps }: Rehearsal,
  ): readonly FileToProve[] {
    return migrations.flatMap((migration) => {
      const schema = this.#schemas.get(migration.version);
      const own = steps.filter(({ version }) => version === migration.version);
      // A second UP that fails has an error, and the DOWN before it is proven all the same.
      const needed = hasStatement(migration.down.sql) ? 2 : 1;
      const isRehearsed = own.filter(({ complete }) => complete).length >= needed;
      return schema === undefined || !isRehearsed ? [] : [{ migration, schema }];
    });
  }
}
