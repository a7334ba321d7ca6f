// Measures the losses of one step on the rows themselves.

import type { Handover, WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { rowidOf } from "../sqlite/rowid.ts";
import type { Table } from "../sqlite/schema.ts";
import { columnsToCopy } from "./columns_to_copy.ts";
import type { StepLosses } from "./data_loss.ts";
import { countTable } from "./foreseen_losses.ts";
import { ownColumns, readExamples, wholeTable } from "./loss_examples.ts";
import { lastGivenNumber, reusedNumbers } from "./reused_numbers.ts";
import type { Snapshots } from "./snapshots.ts";
import { compareSides, describeLosses, rowsOf, type TableLosses } from "./table_losses.ts";

/** Measures one table. */
interface Measurement {
  /** When `atHandover()` must be called; `null` if never. */
  readonly handover: Handover | null;
  readonly atHandover: () => void;
  readonly end: () => TableLosses;
}

/**
 * Measures the losses of one step. Call `beforeStatement()` before each statement that
 * `isDueBefore()` names, and `end()` after the last one.
 *
 * Rows are compared before and after, never counted, because other rows may make up for lost ones.
 * A rebuild is compared when both tables are there, just before the old one is dropped. Where that
 * moment is missing, or where rows are changed in place, the columns that may change are copied at
 * the beginning. A table that rows are only inserted into, or deleted from, is not copied, unless
 * examples of what it loses are read.
 */
export class LossMeter {
  readonly #connection: Connection;
  readonly #measurements: readonly Measurement[];
  readonly #numbers: readonly { readonly after: Table; readonly last: number }[];

  /** `examples` is how many lost rows of each table, and values of each column, `end()` returns. */
  constructor(
    connection: Connection,
    snapshots: Snapshots,
    watched: readonly WatchedTable[],
    examples: number,
  ) {
    this.#connection = connection;
    this.#numbers = watched.flatMap(({ name, after, isDropped }) =>
      isDropped && after !== null ? [{ after, last: lastGivenNumber(connection, name) }] : []
    );
    this.#measurements = watched.map((table) => begin(connection, snapshots, table, examples));
  }

  /** Measures what is final before statement `number`, from 1, runs. */
  beforeStatement(number: number): void {
    for (const { handover, atHandover } of this.#measurements) {
      if (handover?.number === number) atHandover();
    }
  }

  /** Whether something is to be measured before statement `number`. */
  isDueBefore(number: number): boolean {
    return this.#measurements.some(({ handover }) => handover?.number === number);
  }

  /** Measures the rest. */
  end(): StepLosses {
    const losses = this.#measurements.map((measurement) => measurement.end());
    return {
      dataLoss: losses.flatMap(({ dataLoss }) => dataLoss),
      moved: losses.flatMap(({ moved }) => moved),
      reusedNumbers: this.#numbers.flatMap(({ after, last }) =>
        reusedNumbers(this.#connection, after, last)
      ),
      unmeasured: [],
      examples: losses.flatMap(({ examples }) => examples),
    };
  }
}

function begin(
  connection: Connection,
  snapshots: Snapshots,
  table: WatchedTable,
  examples: number,
): Measurement {
  const { name, before, after, handover } = table;
  if (after === null) {
    const { rows } = countTable(connection, name, []);
    const dataLoss = describeLosses(table, { rows, values: [] });
    const queries = wholeTable(ownColumns(before), `main.${quoteIdentifier(name)}`);
    const shown = readExamples(connection, dataLoss, queries, examples);
    return atEnd(() => ({ dataLoss, moved: [], examples: shown }));
  }
  if (handover !== null) {
    const columns = new Map(before.columns.map((column) => [
      column.name,
      quoteIdentifier(column.name),
    ]));
    return atHandover(handover, () =>
      compareSides(connection, snapshots, {
        table,
        successor: after,
        before: rowsOf(connection, snapshots, { ...before, name: handover.name }),
        after: rowsOf(connection, snapshots, { ...after, name: handover.successor }, before),
        columns,
        rowid: rowidOf(before),
        mayMove: true,
      }, examples));
  }
  const copied = columnsToCopy(table, after, examples > 0);
  if (copied === null) return byCount(connection, table, after);
  const names = copied.columns.map(quoteIdentifier);
  const number = copied.rowid === null ? [] : [copied.rowid];
  const copy = snapshots.copy(rowsOf(connection, snapshots, before), [...names, ...number]);
  return atEnd(() =>
    compareSides(connection, snapshots, {
      table,
      successor: after,
      before: copy,
      after: rowsOf(connection, snapshots, after, before),
      columns: new Map(copied.columns.map((column, at) => [column, `c${at}`])),
      rowid: copied.rowid === null ? null : `c${names.length}`,
      mayMove: true,
    }, examples)
  );
}

// Without inserts, the number of rows says how many are gone; without updates, all values of a
// column go with it.
function byCount(connection: Connection, table: WatchedTable, after: Table): Measurement {
  const { writes, droppedColumns } = table;
  const mayDelete = writes.deletes || writes.displaces;
  const nothing = { dataLoss: [], moved: [], examples: [] };
  if (!mayDelete && droppedColumns.length === 0) return atEnd(() => nothing);
  const { rows, values } = countTable(connection, table.name, droppedColumns);
  return atEnd(() => {
    const left = mayDelete ? countTable(connection, after.name, []).rows : rows;
    const dataLoss = describeLosses(table, {
      rows: rows - left,
      values: [...values].map(([column, vanished]) => ({ column, vanished, replaced: 0 })),
    });
    return { ...nothing, dataLoss };
  });
}

function atEnd(end: () => TableLosses): Measurement {
  return { handover: null, atHandover() {}, end };
}

function atHandover(handover: Handover, measure: () => TableLosses): Measurement {
  let measured: TableLosses | null = null;
  return {
    handover,
    atHandover() {
      measured = measure();
    },
    end() {
      if (measured === null) throw new Error("A rebuilt table was not compared");
      return measured;
    },
  };
}
