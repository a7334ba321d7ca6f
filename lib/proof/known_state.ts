// A state of a database that is kept, to compare a later one with it.

import type { LossExamples } from "../loss/data_loss.ts";
import type { Snapshots } from "../loss/snapshots.ts";
import { compareSides, rowsOf } from "../loss/table_losses.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";
import { isReserved } from "../plan/reserved_names.ts";
import { TextComparison } from "../rebuild/text_comparison.ts";
import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { rowidOf } from "../sqlite/rowid.ts";
import type { Schema, Table } from "../sqlite/schema.ts";
import { describeChange } from "../sqlite/schema_diff.ts";
import { readSchema } from "../sqlite/schema_follower.ts";
import { Lineage } from "../sqlite/schema_lineage.ts";
import { entriesOf, type SchemaEntry } from "../sqlite/schema_slice.ts";
import { storedColumns } from "../sqlite/stored_columns.ts";
import { tokensOf } from "../sqlite/tokens.ts";
import type { ObjectDifference, RowDifference, StateDifference } from "./proof.ts";

/** The rows of a table, copied. */
interface CopiedTable {
  readonly table: Table;
  /** A term that can follow FROM. */
  readonly rows: string;
  /** The names of the columns in `rows`. */
  readonly columns: ReadonlyMap<string, string>;
  readonly rowid: string | null;
}

/** Schema and rows of a database at one moment. */
export class KnownState {
  readonly #connection: Connection;
  readonly #snapshots: Snapshots;
  readonly #schema: Schema;
  readonly #copies: readonly CopiedTable[];
  readonly #unread: readonly string[];

  /**
   * Reads the schema, and copies the rows of the tables that `mayChange` names before the state is
   * compared. The copies last as long as `snapshots`.
   */
  constructor(
    connection: Connection,
    snapshots: Snapshots,
    mayChange: (table: string) => boolean,
  ) {
    this.#connection = connection;
    this.#snapshots = snapshots;
    this.#schema = readSchema(connection, isReserved);
    // The rows of an index over another table follow from that table.
    const tables = this.#schema.tables.filter(({ kind, name }) =>
      kind !== "index" && mayChange(name)
    );
    const copies = tables.map((table) => ({
      table,
      copy: unlessRefused(() => this.#copy(table)),
    }));
    this.#copies = copies.flatMap(({ copy }) => copy ?? []);
    this.#unread = copies.flatMap(({ table, copy }) => (copy === null ? [table.name] : []));
  }

  /** Compares the present state with this one. */
  compare(): StateDifference {
    const present = readSchema(this.#connection, isReserved);
    const pairs = this.#copies.flatMap((copy) => {
      const after = present.tables.find(({ name }) => foldName(name) === foldName(copy.table.name));
      return after === undefined ? [] : [{ copy, after }];
    });
    const compared = pairs.map(({ copy, after }) => ({
      name: copy.table.name,
      lost: unlessRefused(() => this.#lost(copy, after)),
      added: unlessRefused(() => this.#added(copy, after)),
    }));
    return {
      objects: objectDifferences(this.#schema, present),
      lost: [
        ...this.#copies.filter((copy) => !pairs.some((pair) => pair.copy === copy))
          .flatMap((copy) => this.#lostTable(copy)),
        ...compared.flatMap(({ lost }) => lost ?? []),
      ],
      added: compared.flatMap(({ added }) => added ?? []),
      unread: [
        ...this.#unread,
        ...compared.flatMap(({ name, lost, added }) =>
          lost === null || added === null ? [name] : []
        ),
      ],
    };
  }

  #copy(table: Table): CopiedTable {
    const stored = storedColumns(table);
    const rowid = rowidOf(table);
    const terms = [...stored.map(quoteIdentifier), ...(rowid === null ? [] : [rowid])];
    return {
      table,
      rows: this.#snapshots.copy(rowsOf(this.#connection, this.#snapshots, table), terms),
      columns: new Map(stored.map((name, at) => [name, `c${at}`])),
      rowid: rowid === null ? null : `c${stored.length}`,
    };
  }

  #lostTable({ table: { name }, rows }: CopiedTable): readonly RowDifference[] {
    const count = this.#connection.integer(`SELECT count(*) FROM ${rows}`);
    return count === 0 ? [] : [{ table: name, column: null, count, example: null }];
  }

  #lost({ table, rows, columns, rowid }: CopiedTable, after: Table): readonly RowDifference[] {
    return this.#compareSides(table, after, {
      before: rows,
      after: rowsOf(this.#connection, this.#snapshots, after),
      columns,
      rowid,
    });
  }

  /** Exchanges the sides: what the present table has and the copy does not. */
  #added({ table, rows, columns, rowid }: CopiedTable, after: Table): readonly RowDifference[] {
    const number = rowidOf(table);
    const terms = [
      ...[...columns].map(([name, column]) => `${column} AS ${quoteIdentifier(name)}`),
      ...(rowid === null || number === null ? [] : [`${rowid} AS ${number}`]),
    ];
    return this.#compareSides(after, table, {
      before: rowsOf(this.#connection, this.#snapshots, after),
      after: `(SELECT ${terms.join(", ")} FROM ${rows})`,
      columns: new Map(storedColumns(after).map((name) => [name, quoteIdentifier(name)])),
      rowid: rowidOf(after),
    });
  }

  #compareSides(
    from: Table,
    to: Table,
    sides: {
      readonly before: string;
      readonly after: string;
      readonly columns: ReadonlyMap<string, string>;
      readonly rowid: string | null;
    },
  ): readonly RowDifference[] {
    const table = sameTable(from, to);
    const { dataLoss, examples } = compareSides(
      this.#connection,
      this.#snapshots,
      { table, successor: to, ...sides, mayMove: false },
      1,
    );
    return dataLoss.map((loss): RowDifference => {
      const column = loss.kind === "rows" ? null : loss.column;
      return {
        table: from.name,
        column,
        count: loss.kind === "rows" ? loss.rows : loss.values,
        example: examples.find((each) => columnOf(each) === column) ?? null,
      };
    });
  }
}

function columnOf(example: LossExamples): string | null {
  return example.kind === "rows" ? null : example.column;
}

/** A table that may have become another one in every way, and whose columns keep their names. */
function sameTable(before: Table, after: Table): WatchedTable {
  const present = new Map(storedColumns(after).map((name) => [foldName(name), name]));
  const columns = storedColumns(before).map((name) => ({
    name,
    nameAfter: present.get(foldName(name)) ?? null,
  }));
  return {
    name: before.name,
    before,
    after,
    isDropped: true,
    handover: null,
    droppedColumns: columns.flatMap(({ name, nameAfter }) => (nameAfter === null ? [name] : [])),
    keptColumns: columns.flatMap(({ name, nameAfter }) =>
      nameAfter === null ? [] : [{ name, nameAfter }]
    ),
    // A value in a column that was not there before is not where it was.
    addedColumns: [],
    writes: { inserts: true, replaces: true, deletes: true, displaces: true, updates: [] },
  };
}

function objectDifferences(before: Schema, after: Schema): readonly ObjectDifference[] {
  const texts = new TextComparison(before, after);
  const present = new Map(entriesOf(after).map((entry) => [keyOf(entry), entry]));
  const former = new Set(entriesOf(before).map(keyOf));
  return [
    ...entriesOf(before).flatMap((entry) =>
      entryDifferences(entry, present.get(keyOf(entry)) ?? null, texts)
    ),
    ...entriesOf(after).filter((entry) => !former.has(keyOf(entry))).map((entry) =>
      difference(entry, "added")
    ),
  ];
}

function entryDifferences(
  before: SchemaEntry,
  after: SchemaEntry | null,
  texts: TextComparison,
): readonly ObjectDifference[] {
  if (after === null) return [difference(before, "missing")];
  if (texts.isSame(before.object.sql, after.object.sql)) return [];
  if (before.type !== "table" || after.type !== "table") return [difference(before, "altered")];
  const columns = columnDifferences(before.object, after.object);
  if (columns.length > 0) return columns;
  const isOrder = sortedTokens(before.object, texts) === sortedTokens(after.object, texts);
  return [difference(before, isOrder ? "order" : "altered")];
}

function sortedTokens({ sql }: Table, texts: TextComparison): string {
  return [...tokensOf(sql)].map(({ text }) => texts.keyOf(text)).sort().join(" ");
}

function keyOf({ type, object }: SchemaEntry): string {
  return `${type} ${foldName(object.name)}`;
}

function difference(
  { type: object, object: { name } }: SchemaEntry,
  kind: ObjectDifference["kind"],
): ObjectDifference {
  return { object, name, column: null, kind, detail: null };
}

const KINDS = {
  added: "added",
  removed: "missing",
  altered: "altered",
  renamed: "altered",
} as const;

function columnDifferences(before: Table, after: Table): readonly ObjectDifference[] {
  const none = { indexes: [], triggers: [], views: [] };
  const slice = { before: { ...none, tables: [before] }, after: { ...none, tables: [after] } };
  return describeChange(slice, new Lineage()).changes.flatMap(({ change, object, name, detail }) =>
    object === "column"
      ? [{ object: "table", name: before.name, column: name, kind: KINDS[change], detail }]
      : []
  );
}
