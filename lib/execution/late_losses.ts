// Finds out what a step writes while it runs, where its rehearsal could not.

import type { StepLosses } from "../loss/data_loss.ts";
import { LateLossMeter } from "../loss/late_loss_meter.ts";
import type { Snapshots } from "../loss/snapshots.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import { WriteNotes } from "../rehearsal/write_notes.ts";
import { type Access, isTemporary } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { Table } from "../sqlite/schema.ts";
import type { TableFate } from "../sqlite/schema_diff.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { Lineage } from "../sqlite/schema_lineage.ts";
import type { ReadyStatement, StatementStream } from "../statement/statement_stream.ts";

/** Notes on the real database what a rehearsal notes on the shadow, and keeps the rows. */
export class LateLosses {
  readonly #schema: SchemaFollower;
  readonly #lineage: Lineage;
  readonly #notes: WriteNotes;
  readonly #meter: LateLossMeter;

  constructor(
    connection: Connection,
    snapshots: Snapshots,
    schema: SchemaFollower,
    lineage: Lineage,
    { foreignKeys }: PlanStep,
    examples: number,
  ) {
    this.#schema = schema;
    this.#lineage = lineage;
    this.#notes = new WriteNotes(connection, schema, lineage, foreignKeys);
    this.#meter = new LateLossMeter(connection, snapshots, examples);
  }

  /** Call it before each statement, of which `number` is the place in the step, from 1. */
  beforeStatement(stream: StatementStream, ready: ReadyStatement, number: number): void {
    const accesses = this.#notes.accessesOf(stream, ready);
    this.#notes.note(number, stream, ready, accesses);
    stream.unguarded(() => this.#tablesOf(accesses).forEach((table) => this.#meter.keep(table)));
  }

  /** The tables that the step changed, and what they lost; `fates` are those of its schema. */
  end(
    fates: readonly TableFate[],
  ): { readonly watched: readonly WatchedTable[]; readonly losses: StepLosses } {
    const watched = this.#notes.watched(fates);
    return { watched, losses: this.#meter.end(watched) };
  }

  /** The tables from before the step that a statement changes and no earlier one has changed. */
  #tablesOf(accesses: readonly Access[]): readonly Table[] {
    return accesses.flatMap((access) => {
      const name = isTemporary(access) ? null : changedTable(access);
      const table = name === null ? null : this.#schema.table(name);
      return table !== null && this.#lineage.originOf(table.name) === table.name &&
          this.#notes.mayHaveRows(table)
        ? [table]
        : [];
    });
  }
}

function changedTable(access: Access): string | null {
  switch (access.kind) {
    case "insert":
    case "update":
    case "delete":
    case "alter-table":
      return access.table;
    case "drop":
      return access.object === "table" ? access.name : null;
    default:
      return null;
  }
}
