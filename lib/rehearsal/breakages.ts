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
import { foldName } from "../sqlite/fold_name.ts";
import { type ForeignKeyFault, ForeignKeyFaults } from "../sqlite/foreign_key_faults.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { SchemaSlice } from "../sqlite/schema_slice.ts";
import type { RehearsedStep, RenamedTable, ReservedReference } from "./rehearsal.ts";

/** What does not work after a step, or reaches into godwit's tables, and was not so before. */
export type StepBreakages = Pick<RehearsedStep, "broken" | "faultyKeys" | "reservedReferences">;

/** Everything that does not work at one moment, by a key that names it. */
interface Troubles {
  readonly broken: ReadonlyMap<string, BrokenObject>;
  readonly faultyKeys: ReadonlyMap<string, ForeignKeyFault>;
}

/** Something new that does not work; `mendedBy` is filled in when a later step mends it. */
type Open<T> = T & { mendedBy: FindingSubject | null };

/** Compares the schema after each step with the one before. */
export class BreakageFollower {
  readonly #compiled: CompiledObjects;
  readonly #keys: ForeignKeyFaults;
  readonly #broken = new Map<string, Open<BrokenObject>>();
  readonly #faultyKeys = new Map<string, Open<ForeignKeyFault>>();
  readonly #references: Set<string>;
  #now: Troubles;
  #beforeUp: Troubles;
  #lastStep: PlanStep | null = null;

  /** Looks at everything that is there before the first step. */
  constructor(connection: Connection, schema: SchemaFollower) {
    this.#compiled = new CompiledObjects(connection, schema);
    this.#keys = new ForeignKeyFaults(connection, schema);
    this.#now = this.#troubles();
    this.#beforeUp = this.#now;
    this.#references = new Set(this.#referencesIn(this.#compiled.all).map(nameOfReference));
  }

  /** What is new after a step. */
  follow(step: PlanStep, slice: SchemaSlice, renamed: readonly RenamedTable[]): StepBreakages {
    const compiled = this.#compiled.update(slice);
    this.#keys.update(slice);
    const after = this.#troubles();
    const names = new Map(renamed.map(({ was, name }) => [foldName(was), foldName(name)]));
    // A file that goes there and back must leave what was there before it, and is judged at once.
    const isTried = this.#lastStep?.version === step.version;
    const before = isTried ? this.#beforeUp : this.#now;
    const present: Renaming = (name) => names.get(name) ?? name;
    const broken = added(before.broken, after.broken, (each) => keyOfBroken(each, present));
    const faultyKeys = added(
      before.faultyKeys,
      after.faultyKeys,
      (each) => keyOfFault(each, present),
    );
    if (!isTried || step.direction === "apply") {
      close(this.#broken, after.broken, step);
      close(this.#faultyKeys, after.faultyKeys, step);
    }
    if (!isTried) {
      this.#beforeUp = this.#now;
      for (const [key, open] of broken) this.#broken.set(key, open);
      for (const [key, open] of faultyKeys) this.#faultyKeys.set(key, open);
    }
    this.#now = after;
    this.#lastStep = step;
    return {
      broken: [...broken.values()],
      faultyKeys: [...faultyKeys.values()],
      reservedReferences: this.#newReferences(compiled),
    };
  }

  #troubles(): Troubles {
    return {
      broken: new Map(this.#compiled.broken.map((each) => [keyOfBroken(each), each])),
      // A key to one of godwit's tables is a reference, and not allowed at all.
      faultyKeys: new Map(
        this.#keys.all.filter(({ parent }) => !isReserved(parent))
          .map((each) => [keyOfFault(each), each]),
      ),
    };
  }

  #newReferences(compiled: readonly CompiledObject[]): readonly ReservedReference[] {
    const found = this.#referencesIn(compiled).filter((each) =>
      !this.#references.has(nameOfReference(each))
    );
    for (const each of found) this.#references.add(nameOfReference(each));
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

/** The folded name that a table has now. */
type Renaming = (folded: string) => string;

function keyOfBroken({ object, name }: BrokenObject, present: Renaming = (same) => same): string {
  return JSON.stringify([object, present(foldName(name))]);
}

function keyOfFault(
  { table, parent, columns }: ForeignKeyFault,
  present: Renaming = (same) => same,
): string {
  return JSON.stringify([present(foldName(table)), present(foldName(parent)), foldName(columns)]);
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
