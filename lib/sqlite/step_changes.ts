// Follows the schema through the statements of one step, in rehearsal and on the real database.

import { type Access, alterOf } from "./access.ts";
import { describeChange, type SchemaDiff } from "./schema_diff.ts";
import type { SchemaFollower } from "./schema_follower.ts";
import { Lineage } from "./schema_lineage.ts";
import { type SchemaSlice, SliceCollector } from "./schema_slice.ts";

/** What the statements of a step have changed so far. */
export class StepChanges {
  /** The names that tables and columns had before the step. */
  readonly lineage: Lineage = new Lineage();
  readonly #schema: SchemaFollower;
  readonly #collector = new SliceCollector();

  constructor(schema: SchemaFollower) {
    this.#schema = schema;
  }

  /** Follows a statement that has run, and returns what it changed. */
  follow(accesses: readonly Access[]): SchemaSlice {
    const slice = this.#schema.follow(accesses);
    this.lineage.follow(slice, alterOf(accesses)?.form ?? null);
    this.#collector.add(slice);
    return slice;
  }

  /** All changes as one; what changed back is left out. */
  get slice(): SchemaSlice {
    return this.#collector.slice;
  }

  /** All changes, described. */
  describe(): SchemaDiff {
    return describeChange(this.slice, this.lineage);
  }
}
