// Follows what the steps of a run break and mend. A run is judged by the schema at its end: a later
// file of the same run may mend what an earlier one breaks.

import type { FindingSubject } from "../finding/finding.ts";
import { subjectOf } from "../finding/subject_of.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import { isReserved } from "../plan/reserved_names.ts";
import {
  type BrokenObject,
  type CompiledObject,
  CompiledObjects,
} from "../sqlite/compiled_objects.ts";
import type { Connection } from "../sqlite/connection.ts";
import { isAboutDoubleQuotedText } from "../sqlite/double_quoted_text.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { type ForeignKeyFault, ForeignKeyFaults } from "../sqlite/foreign_key_faults.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { SchemaSlice } from "../sqlite/schema_slice.ts";
import type { RehearsedStep, RenamedTable, ReservedReference } from "./rehearsal.ts";
import { type StrayReference, StrayReferences, type TableRename } from "./stray_references.ts";

/** What does not work after a step, or reaches into godwit's tables, and was not so before. */
export type StepBreakages = Pick<
  RehearsedStep,
  "broken" | "faultyKeys" | "strays" | "reservedReferences"
>;

/** Everything that does not work at one moment, by a key that names it. */
interface Troubles {
  readonly broken: ReadonlyMap<string, Broken>;
  readonly faultyKeys: ReadonlyMap<string, ForeignKeyFault>;
  readonly strays: ReadonlyMap<string, StrayReference>;
}

/** Something new that does not work; `mendedBy` is filled in when a later step mends it. */
type Open<T> = T & { mendedBy: FindingSubject | null };

/** Compares the schema after each step with the one before. */
export class BreakageFollower {
  readonly #compiled: CompiledObjects;
  readonly #keys: ForeignKeyFaults;
  readonly #renames: StrayReferences;
  readonly #broken = new Map<string, Open<Broken>>();
  readonly #faultyKeys = new Map<string, Open<ForeignKeyFault>>();
  readonly #strays = new Map<string, Open<StrayReference>>();
  readonly #reserved: Set<string>;
  #now: Troubles;
  #beforeUp: Troubles;
  #lastStep: PlanStep | null = null;

  /** Looks at everything that is there before the first step. */
  constructor(connection: Connection, schema: SchemaFollower) {
    this.#compiled = new CompiledObjects(connection, schema);
    this.#keys = new ForeignKeyFaults(connection, schema);
    this.#renames = new StrayReferences(schema);
    this.#now = this.#troubles();
    this.#beforeUp = this.#now;
    this.#reserved = new Set(this.#referencesIn(this.#compiled.all).map(nameOfReference));
  }

  /** What is new after a step; `renames` are its statements that renamed tables. */
  follow(
    step: PlanStep,
    slice: SchemaSlice,
    renamed: readonly RenamedTable[],
    renames: readonly TableRename[],
  ): StepBreakages {
    const compiled = this.#compiled.update(slice);
    this.#keys.update(slice);
    this.#renames.add(renames);
    const after = this.#troubles();
    const names = new Map(renamed.map(({ was, name }) => [foldName(was), foldName(name)]));
    // A file that goes there and back must leave what was there before it, and is judged at once.
    const isTried = this.#lastStep?.version === step.version;
    const before = isTried ? this.#beforeUp : this.#now;
    const present: Renaming = (name) => names.get(name) ?? name;
    const broken = added(
      orOld(before.broken),
      after.broken,
      (each) => keyOfBroken(each, present),
    );
    const faultyKeys = added(
      before.faultyKeys,
      after.faultyKeys,
      (each) => keyOfFault(each, present),
    );
    const strays = added(before.strays, after.strays, (each) => keyOfStray(each, present));
    if (!isTried || step.direction === "apply") {
      close(this.#broken, after.broken, step);
      close(this.#faultyKeys, after.faultyKeys, step);
      close(this.#strays, after.strays, step);
    }
    if (!isTried) {
      this.#beforeUp = this.#now;
      for (const [key, open] of broken) this.#broken.set(key, open);
      for (const [key, open] of faultyKeys) this.#faultyKeys.set(key, open);
      for (const [key, open] of strays) this.#strays.set(key, open);
    }
    this.#now = after;
    this.#lastStep = step;
    return {
      broken: [...broken.values()],
      faultyKeys: [...faultyKeys.values()],
      strays: [...strays.values()],
      reservedReferences: this.#newReferences(compiled),
    };
  }

  #troubles(): Troubles {
    return {
      broken: new Map(
        this.#compiled.broken.map((each) => ({
          ...each,
          isOld: isAboutDoubleQuotedText(each.message),
        })).map((each) => [keyOfBroken(each), each]),
      ),
      // A key to one of godwit's tables is a reference, and not allowed at all.
      faultyKeys: new Map(
        this.#keys.all.filter(({ parent }) => !isReserved(parent))
          .map((each) => [keyOfFault(each), each]),
      ),
      strays: new Map(this.#renames.all.map((each) => [keyOfStray(each), each])),
    };
  }

  #newReferences(compiled: readonly CompiledObject[]): readonly ReservedReference[] {
    const found = this.#referencesIn(compiled).filter((each) =>
      !this.#reserved.has(nameOfReference(each))
    );
    for (const each of found) this.#reserved.add(nameOfReference(each));
    return found;
  }

  #referencesIn(compiled: readonly CompiledObject[]): readonly ReservedReference[] {
    return [
      ...compiled.flatMap(({ object, name, uses }) =>
        uses.filter(isReserved).map((reserved) => ({ object, name, reserved }))
      ),
      ...this.#keys.all.filter(({ parent }) => isReserved(parent)).map(({ table, parent }) =>
        ({ object: "foreign key", name: table, reserved: parent }) as const
      ),
    ];
  }
}

/**
 * Something that does not compile; `isOld` where only an old text in double quotes is the reason.
 */
interface Broken extends BrokenObject {
  readonly isOld: boolean;
}

// What was broken, and has only its old text left, is no worse than it was.
function orOld(broken: ReadonlyMap<string, Broken>): ReadonlyMap<string, Broken> {
  return new Map(
    [...broken].flatMap(([key, each]) => [[key, each], [`${key} old`, { ...each, isOld: true }]]),
  );
}

/** The folded name that a table has now. */
type Renaming = (folded: string) => string;

function keyOfBroken({ object, name, isOld }: Broken, present: Renaming = (same) => same): string {
  return JSON.stringify([object, present(foldName(name)), isOld]);
}

function keyOfFault(
  { table, parent, columns }: ForeignKeyFault,
  present: Renaming = (same) => same,
): string {
  return JSON.stringify([present(foldName(table)), present(foldName(parent)), foldName(columns)]);
}

function keyOfStray(
  { object, name, now }: StrayReference,
  present: Renaming = (same) => same,
): string {
  return JSON.stringify([object, present(foldName(name)), present(foldName(now))]);
}

/** What is in `after` and was not in `before`; `presentKey` is the key under the names of now. */
function added<T extends object>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  presentKey: (each: T) => string,
): ReadonlyMap<string, Open<T>> {
  const former = new Set([...before.values()].map(presentKey));
  return new Map(
    [...after].filter(([key]) => !former.has(key)).map((
      [key, each],
    ) => [key, { ...each, mendedBy: null }]),
  );
}

function close<T>(
  open: Map<string, Open<T>>,
  after: ReadonlyMap<string, T>,
  step: PlanStep,
): void {
  for (const [key, breakage] of open) {
    if (after.has(key)) continue;
    breakage.mendedBy = subjectOf(step);
    open.delete(key);
  }
}

function nameOfReference({ object, name, reserved }: ReservedReference): string {
  return `${object} ${name} ${reserved}`;
}
