// Adds to the sections of a file what its statements forget: indexes and triggers that a rebuild
// loses, the unique index that a foreign key needs, and what DOWN does not undo.

import type { Deadline } from "../deadline.ts";
import type { Suggestion } from "../finding/finding.ts";
import type { Migration, Section } from "../migration/migration.ts";
import { leadTo } from "../rebuild/one_way.ts";
import { Scratch } from "../rebuild/scratch.ts";
import { commented, scriptText, terminated } from "../rebuild/script_text.ts";
import type { LostObject, RehearsedStep } from "../rehearsal/rehearsal.ts";
import { accepts } from "../rule/acceptances.ts";
import { incompleteDownFindings } from "../rule/incomplete_down.ts";
import type { Schema, Table } from "../sqlite/schema.ts";
import { hasStatement } from "../sqlite/skip_trivia.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { withCopiedColumns } from "./copied_columns.ts";
import type { RehearsedFile } from "./rehearse_file.ts";
import { appended, prepended } from "./section_text.ts";

/** Both sections, with what is missing; as they are where nothing is, or nothing can be added. */
export function completed(
  sqlite3: Sqlite3,
  before: Schema,
  { migration, rehearsal, schemas }: RehearsedFile,
  deadline: Deadline,
): Suggestion {
  const sections = { up: migration.up.sql, down: migration.down.sql };
  const [up, down] = rehearsal.steps;
  const [afterUp, afterDown] = schemas;
  if (up === undefined || afterUp === undefined) return sections;
  using scratch = new Scratch(sqlite3, afterUp, deadline);
  const copied = withCopies(scratch, migration, migration.up, up);
  if (copied !== sections.up) return { ...sections, up: copied };
  const keys = neededIndexes(scratch, up);
  const added = [...lostTexts(scratch, before, migration, up), ...keys.map(({ create }) => create)];
  if (added.length > 0) {
    const drops = keys.map(({ drop }) => drop).join("\n");
    return {
      up: appended(sections.up, added.join("\n\n")),
      down: drops === "" || !hasStatement(sections.down)
        ? sections.down
        : prepended(sections.down, drops),
    };
  }
  if (down === undefined || afterDown === undefined) return sections;
  using back = new Scratch(sqlite3, afterDown, deadline);
  const copiedBack = withCopies(back, migration, migration.down, down);
  if (copiedBack !== sections.down) return { ...sections, down: copiedBack };
  const lost = lostTexts(back, before, migration, down);
  if (lost.length > 0) return { ...sections, down: appended(sections.down, lost.join("\n\n")) };
  const isIncomplete = incompleteDownFindings(rehearsal.steps)
    .some((found) => !accepts(migration.accepts, found));
  if (!isIncomplete) return sections;
  const rest = leadTo(sqlite3, afterDown, withTablesOf(afterDown, before), {
    renames: [],
    requires: migration.requires,
    filling: "placeholder",
    deadline,
  });
  return rest.ok && rest.value.parts.length > 0
    ? { ...sections, down: appended(sections.down, scriptText(rest.value)) }
    : sections;
}

/** A schema with those tables of another one that differ in the order of their columns at most. */
function withTablesOf(other: Schema, schema: Schema): Schema {
  const keyOf = ({ columns, foreignKeys, strict, withoutRowid }: Table): string =>
    JSON.stringify([
      columns.map((column) => JSON.stringify(column)).toSorted(),
      foreignKeys,
      strict,
      withoutRowid,
    ]);
  const tables = schema.tables.map((table) => {
    const same = other.tables.find(({ name }) => name === table.name);
    return same !== undefined && keyOf(same) === keyOf(table) ? same : table;
  });
  return { ...schema, tables };
}

/** The section with the columns that a step's rebuilds do not copy. */
function withCopies(
  scratch: Scratch,
  { accepts: accepted }: Migration,
  section: Section,
  { forgotten }: RehearsedStep,
): string {
  // The values are lost on purpose, whichever finding is accepted.
  const codes = ["copy-forgets-column", "lose-values"] as const;
  const open = forgotten.filter(({ table, column }) =>
    !codes.some((code) => accepts(accepted, { code, about: `${table}.${column}` }))
  );
  return withCopiedColumns(section, open, (name) => scratch.write(name));
}

/** The statements that create again what a step loses, as far as they work after it. */
function lostTexts(
  scratch: Scratch,
  before: Schema,
  { accepts: accepted }: Migration,
  { lost }: RehearsedStep,
): readonly string[] {
  return lost.flatMap(({ object, table, name }) => {
    const code = object === "index" ? "lost-index" : "lost-trigger";
    const list = object === "index" ? before.indexes : before.triggers;
    const sql = list.find((each) => each.name === name && each.table === table)?.sql;
    if (sql === undefined || accepts(accepted, { code, about: name })) return [];
    if (scratch.run([sql]) !== null) return [];
    return [`${commented(wordsOf({ object, table, name }))}\n${terminated(sql)}`];
  });
}

function wordsOf({ object, table, name }: Pick<LostObject, "object" | "table" | "name">): string {
  return `The ${object} ${name} went with the old ${table}.`;
}

interface NeededIndex {
  readonly create: string;
  readonly drop: string;
}

/** The unique indexes without which foreign keys do not work: https://sqlite.org/foreignkeys.html */
function neededIndexes(scratch: Scratch, { faultyKeys }: RehearsedStep): readonly NeededIndex[] {
  const seen = new Set<string>();
  return faultyKeys.flatMap(({ kind, parent, parentColumns, mendedBy, table }) => {
    const target = scratch.table(parent);
    const key = `${target?.name} ${parentColumns}`;
    if (kind !== "mismatch" || mendedBy !== null || parentColumns === "" || target === null) {
      return [];
    }
    if (seen.has(key)) return [];
    seen.add(key);
    const columns = columnsIn(target.columns.map(({ name }) => name), parentColumns);
    if (columns === null) return [];
    const name = scratch.write(
      scratch.freeName(`${target.name}_${columns.join("_")}`, new Set()),
    );
    const list = columns.map((column) => scratch.write(column)).join(", ");
    const create = `CREATE UNIQUE INDEX ${name} ON ${scratch.write(target.name)} (${list})`;
    if (scratch.run([create]) !== null) return [];
    const comment = commented(`The foreign key of ${table} references these columns.`);
    return [{ create: `${comment}\n${create};`, drop: `DROP INDEX ${name};` }];
  });
}

/** The names in a list that is joined by commas, which names may have too. */
function columnsIn(names: readonly string[], list: string): readonly string[] | null {
  if (list === "") return [];
  const wanted = list.toLowerCase();
  for (const name of names) {
    const folded = name.toLowerCase();
    if (wanted === folded) return [name];
    if (!wanted.startsWith(`${folded},`)) continue;
    const rest = columnsIn(names, list.slice(name.length + 1));
    if (rest !== null && rest.length > 0) return [name, ...rest];
  }
  return null;
}
