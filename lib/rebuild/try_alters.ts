// Tries to change a table in place, by plain ALTER TABLE statements.

import type { SqliteVersion } from "../migration/migration.ts";
import { insertProbeRow } from "../rehearsal/probe_row.ts";
import type { Schema, Table } from "../sqlite/schema.ts";
import { entriesOf, schemaOf } from "../sqlite/schema_slice.ts";
import { columnAlters } from "./column_alters.ts";
import type { Scratch } from "./scratch.ts";
import { hasWord } from "./table_text.ts";
import type { TextComparison } from "./text_comparison.ts";

/** A table of the scratch database, and what it becomes. */
interface Alteration {
  readonly scratch: Scratch;
  readonly texts: TextComparison;
  readonly current: Table;
  readonly wanted: Table;
  /** The SQLite that the file declares; `null` for any. */
  readonly requires: SqliteVersion | null;
}

/** The ALTERs, where these make the wanted text and change nothing else; otherwise `null`. */
export function tryAlters(alteration: Alteration): readonly string[] | null {
  const { scratch, texts, current, wanted, requires } = alteration;
  const alters = columnAlters(current, wanted, requires, texts, (name) => scratch.write(name));
  if (alters === null) return null;
  return scratch.undoing(() => isRight(alteration, alters)) ? alters : null;
}

function isRight(
  { scratch, texts, current, wanted }: Alteration,
  alters: readonly string[],
): boolean {
  const before = scratch.schema;
  const hasRow = insertProbeRow(scratch.connection, current);
  if (!hasRow && alters.some((sql) => hasWord(sql, "ADD"))) return false;
  if (scratch.run(alters) !== null) return false;
  const after = scratch.schema;
  return texts.missingIn(without(before, wanted), without(after, wanted)).length === 0 &&
    texts.isSame(scratch.table(wanted.name)?.sql ?? "", wanted.sql);
}

function without(schema: Schema, { name }: Table): Schema {
  return schemaOf(
    entriesOf(schema).filter(({ type, object }) => type !== "table" || object.name !== name),
  );
}
