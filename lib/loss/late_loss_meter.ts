// Measures the losses of a step whose statements were not all rehearsed.

import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { rowidOf } from "../sqlite/rowid.ts";
import type { Table } from "../sqlite/schema.ts";
import { storedColumns } from "../sqlite/stored_columns.ts";
import type { StepLosses } from "./data_loss.ts";
import { readExamples, wholeTable } from "./loss_examples.ts";
import { lastGivenNumber, reusedNumbers } from "./reused_numbers.ts";
import type { Snapshots } from "./snapshots.ts";
import { compareSides, describeLosses, rowsOf, type TableLosses } from "./table_losses.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";

/** A table as it was before the first statement that changes it. */
interface CopiedTable {
  /** Its rows, as a term that can follow FROM. */
  readonly rows: string;
  readonly columns: ReadonlyMap<string, string>;
  readonly rowid: string | null;
  readonly lastNumber: number;
}

/**
 * Copies each table whole before the first statement that changes it, because nothing is known of
 * the statements that follow. What a table has become is known after the last one.
 */
export class LateLossMeter {
  readonly #connection: Connection;
  readonly #snapshots: Snapshots;
  readonly #examples: number;
  readonly #copies = new Map<string, CopiedTable | null>();

  /** `examples` is how many lost rows of each table, and values of each column, `end()` returns. */
  constructor(connection: Connection, snapshots: Snapshots, examples: number) {
    this.#connection = connection;
    this.#snapshots = snapshots;
    this.#examples = examples;
  }

  /** Copies a table from before the step, unless it has been copied. */
  keep(table: Table): void {
    if (this.#copies.has(table.name)) return;
    this.#copies.set(table.name, unlessRefused(() => this.#copy(table)));
  }

  /** Measures the tables that the statements have written to or dropped. */
  end(watched: readonly WatchedTable[]): StepLosses {
    const measured = watched.map((table) => {
      const copy = this.#copies.get(table.name) ?? null;
      const losses = copy === null ? null : unlessRefused(() => this.#compare(table, copy));
      return { table, copy, losses };
    });
    return {
      dataLoss: measured.flatMap(({ losses }) => losses?.dataLoss ?? []),
      moved: measured.flatMap(({ losses }) => losses?.moved ?? []),
      reusedNumbers: measured.flatMap(({ table: { after, isDropped }, copy }) =>
        isDropped && after !== null && copy !== null
          ? reusedNumbers(this.#connection, after, copy.lastNumber)
          : []
      ),
      unmeasured: measured.flatMap(({ table, losses }) => (losses === null ? [table.name] : [])),
      examples: measured.flatMap(({ losses }) => losses?.examples ?? []),
    };
  }

  #copy(table: Table): CopiedTable {
    const stored = storedColumns(table);
    const rowid = rowidOf(table);
    const terms = [...stored.map(quoteIdentifier), ...(rowid === null ? [] : [rowid])];
    // The rows are read from the table itself: an index may need a collation that is missing.
    const from = rowsOf(this.#connection, this.#snapshots, table) +
      (table.kind === "table" ? " NOT INDEXED" : "");
    return {
      rows: this.#snapshots.copy(from, terms),
      columns: new Map(stored.map((name, at) => [name, `c${at}`])),
      rowid: rowid === null ? null : `c${stored.length}`,
      lastNumber: lastGivenNumber(this.#connection, table.name),
    };
  }

  #compare(table: WatchedTable, { rows: before, columns, rowid }: CopiedTable): TableLosses {
    if (table.after === null) {
      const rows = this.#connection.integer(`SELECT count(*) FROM ${before}`);
      const dataLoss = describeLosses(table, { rows, values: [] });
      const terms = [...columns].map(([name, column]) => ({ name, sql: `b.${column}` }));
      const queries = wholeTable(terms, before);
      const examples = readExamples(this.#connection, dataLoss, queries, this.#examples);
      return { dataLoss, moved: [], examples };
    }
    return compareSides(this.#connection, this.#snapshots, {
      table,
      successor: table.after,
      before,
      after: rowsOf(this.#connection, this.#snapshots, table.after, table.before),
      columns,
      rowid,
      mayMove: true,
    }, this.#examples);
  }
}
