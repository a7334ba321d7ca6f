// Follows the schema of the real database through a run and finds what a step breaks in it.

import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import { type BrokenObject, CompiledObjects } from "../sqlite/compiled_objects.ts";
import type { Connection } from "../sqlite/connection.ts";
import { schemaDelta } from "../sqlite/schema_delta.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { SchemaSlice } from "../sqlite/schema_slice.ts";

/**
 * Compares the schema after a step with its rehearsal. Where the rehearsal began with exactly this
 * schema, equal changes break the same views and triggers, so nothing is compiled again. Where it
 * did not, every view and trigger is compiled here too.
 */
export class LiveSchema {
  readonly #compiled: CompiledObjects | null;
  #broken: readonly BrokenObject[];

  /** `isRehearsed` says whether every step was rehearsed on exactly this schema. */
  constructor(connection: Connection, schema: SchemaFollower, isRehearsed: boolean) {
    this.#compiled = isRehearsed ? null : new CompiledObjects(connection, schema);
    this.#broken = this.#compiled?.broken ?? [];
  }

  /** Says what is wrong with the schema after a step that changed `slice`; `null` if nothing. */
  afterStep(file: string, rehearsed: RehearsedStep, slice: SchemaSlice): string | null {
    if (rehearsed.schemaDelta !== null && rehearsed.schemaDelta !== schemaDelta(slice)) {
      return `${file} left another schema than its rehearsal did; nothing of it was kept`;
    }
    this.#compiled?.update(slice);
    const broken = this.#compiled?.broken ?? [];
    const known = [...this.#broken, ...rehearsed.broken];
    const found = broken.find(({ object, name }) =>
      !known.some((each) => each.object === object && each.name === name)
    );
    this.#broken = broken;
    return found === undefined
      ? null
      : `${file} breaks the ${found.object} on "${found.name}": ${found.message}`;
  }
}
