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

/** Compares the schema after each step with the one before. */
export class BreakageFollower {
  readonly #compiled: CompiledObjects;
  readonly #keys: ForeignKeyFaults;
  readonly #renames: StrayReferences;
  readonly #broken: Breakages<Broken>;
  readonly #faultyKeys: Breakages<ForeignKeyFault>;
  readonly #strays: Breakages<StrayReference>;
  readonly #reserved: Set<string>;

  /** Looks at everything that is there before the first step. */
  constructor(connection: Connection, schema: SchemaFollower) {
    this.#compiled = new CompiledObjects(connection, schema);
    this.#keys = new ForeignKeyFaults(connection, schema);
    this.#renames = new StrayReferences(schema);
    this.#broken = new Breakages(this.#allBroken(), keyOfBroken, withOld);
    this.#faultyKeys = new Breakages(this.#allFaultyKeys(), keyOfFault);
    this.#strays = new Breakages(this.#renames.all, keyOfStray);
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
    const names = new Map(renamed.map(({ was, name }) => [foldName(was), foldName(name)]));
    const present: Renaming = (name) => names.get(name) ?? name;
    return {
      broken: this.#broken.follow(step, this.#allBroken(), present),
      faultyKeys: this.#faultyKeys.follow(step, this.#allFaultyKeys(), present),
      strays: this.#strays.follow(step, this.#renames.all, present),
      reservedReferences: this.#newReferences(compiled),
    };
  }

  #allBroken(): readonly Broken[] {
    return this.#compiled.broken.map((each) => ({
      ...each,
      isOld: isAboutDoubleQuotedText(each.message),
    }));
  }

  // A key to one of godwit's tables is a reference, and not allowed at all.
  #allFaultyKeys(): readonly ForeignKeyFault[] {
    return this.#keys.all.filter(({ parent }) => !isReserved(parent));
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

/** Something new that does not work; `mendedBy` is filled in when a later step mends it. */
type Open<T> = T & { mendedBy: FindingSubject | null };

/** The folded name that a table has now. */
type Renaming = (folded: string) => string;

/** Names a breakage, under the names that its tables have now. */
type KeyOf<T> = (each: T, present: Renaming) => string;

const SAME_NAMES: Renaming = (folded) => folded;

/** Follows the breakages of one kind: what is there, what a step adds, and which step mends it. */
class Breakages<T extends object> {
  readonly #keyOf: KeyOf<T>;
  readonly #noWorse: (each: T) => readonly T[];
  readonly #open = new Map<string, Open<T>>();
  #now: readonly T[];
  #beforeUp: readonly T[];
  #lastVersion: number | null = null;

  /** `noWorse` is all that may follow a breakage and is not new. */
  constructor(
    now: readonly T[],
    keyOf: KeyOf<T>,
    noWorse: (each: T) => readonly T[] = (each) => [each],
  ) {
    this.#now = now;
    this.#beforeUp = now;
    this.#keyOf = keyOf;
    this.#noWorse = noWorse;
  }

  /** What is new `after` a step; closes what the step mended. */
  follow(step: PlanStep, after: readonly T[], present: Renaming): readonly Open<T>[] {
    // A file that goes there and back must leave what was there before it, and is judged at once.
    const isTried = this.#lastVersion === step.version;
    const before = isTried ? this.#beforeUp : this.#now;
    const former = new Set(
      before.flatMap((each) => this.#noWorse(each)).map((each) => this.#keyOf(each, present)),
    );
    const keyed = new Map(after.map((each) => [this.#keyOf(each, SAME_NAMES), each]));
    const added = new Map<string, Open<T>>();
    for (const [key, each] of keyed) {
      if (!former.has(key)) added.set(key, { ...each, mendedBy: null });
    }
    if (!isTried || step.direction === "apply") this.#close(keyed, step);
    if (!isTried) {
      this.#beforeUp = this.#now;
      for (const [key, open] of added) this.#open.set(key, open);
    }
    this.#now = after;
    this.#lastVersion = step.version;
    return [...added.values()];
  }

  #close(keyed: ReadonlyMap<string, T>, step: PlanStep): void {
    for (const [key, breakage] of this.#open) {
      if (keyed.has(key)) continue;
      breakage.mendedBy = subjectOf(step);
      this.#open.delete(key);
    }
  }
}

/**
 * Something that does not compile; `isOld` where only an old text in double quotes is the reason.
 */
interface Broken extends BrokenObject {
  readonly isOld: boolean;
}

// What was broken, and has only its old text left, is no worse than it was.
function withOld(broken: Broken): readonly Broken[] {
  return [broken, { ...broken, isOld: true }];
}

function keyOfBroken({ object, name, isOld }: Broken, present: Renaming): string {
  return JSON.stringify([object, present(foldName(name)), isOld]);
}

function keyOfFault({ table, parent, columns }: ForeignKeyFault, present: Renaming): string {
  return JSON.stringify([present(foldName(table)), present(foldName(parent)), foldName(columns)]);
}

function keyOfStray({ object, name, now }: StrayReference, present: Renaming): string {
  return JSON.stringify([object, present(foldName(name)), present(foldName(now))]);
}

function nameOfReference({ object, name, reserved }: ReservedReference): string {
  return `${object} ${name} ${reserved}`;
}
