// Writes the parts of a script that create indexes, views and triggers, once the tables are as they
// are wanted.

import { foldName } from "../sqlite/fold_name.ts";
import type { Attachment, Schema } from "../sqlite/schema.ts";
import { entriesOf, type SchemaEntry } from "../sqlite/schema_slice.ts";
import { guardParts, guardsOf } from "./guards.ts";
import type { TablePair } from "./renames.ts";
import type { ScriptPart } from "./schema_script.ts";
import type { Scratch } from "./scratch.ts";
import type { TextComparison } from "./text_comparison.ts";

/** What is there now, and what is wanted. */
interface Rest {
  readonly scratch: Scratch;
  readonly from: Schema;
  readonly to: Schema;
  readonly texts: TextComparison;
  readonly pairs: readonly TablePair[];
  /** Names that no temporary object may take. */
  readonly taken: ReadonlySet<string>;
}

/** Creates what is absent, indexes first. */
export function createRest(rest: Rest): readonly ScriptPart[] {
  const { scratch, to } = rest;
  const present = new Set(entriesOf(scratch.schema).map(entryKey));
  const absent = entriesOf(to).filter((each) =>
    each.type !== "table" && !present.has(entryKey(each)) && !scratch.isMissing(each.object.name)
  );
  const created = (type: SchemaEntry["type"], comment: string): readonly ScriptPart[] => {
    const statements = absent.filter((each) => each.type === type).map(({ object }) => object.sql);
    return statements.length === 0 ? [] : [{ comment, statements }];
  };
  return [
    ...absent.flatMap((each) => each.type === "index" ? indexGuards(rest, each.object) : []),
    ...created("index", "Indexes."),
    ...created("view", "Views."),
    ...created("trigger", "Triggers."),
  ];
}

// A unique index is checked before it is created, unless its table had it before.
function indexGuards(
  { scratch, from, texts, pairs, taken }: Rest,
  index: Attachment,
): readonly ScriptPart[] {
  const isOld = from.indexes.some(({ sql }) => texts.isSame(sql, index.sql));
  const isOnKept = pairs.some(({ to }) => foldName(to.name) === foldName(index.table));
  const table = scratch.table(index.table);
  if (isOld || !isOnKept || table === null) return [];
  const guards = guardsOf(scratch, {
    current: table,
    wanted: table,
    currentKeys: scratch.uniqueKeys(table.name),
    wantedKeys: scratch.undoing(() => {
      scratch.run([index.sql]);
      return scratch.uniqueKeys(table.name);
    }),
    sourceOf: (column) => column,
    filled: new Set(),
  }, texts);
  return guardParts(scratch, table, guards, taken);
}

function entryKey({ type, object }: SchemaEntry): string {
  return `${type} ${object.name}`;
}
