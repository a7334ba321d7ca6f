// Reorders a rebuild that renames the old table away: keys, views and triggers follow it. The new
// table is created beside the old one instead (https://sqlite.org/lang_altertable.html#otheralter).

import type { ForeignKeyMode } from "../migration/migration.ts";
import type { Scratch } from "../rebuild/scratch.ts";
import { withTableName } from "../rebuild/table_text.ts";
import { type Access, isTemporary } from "../sqlite/access.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { nameOf, type Token, tokensOf } from "../sqlite/tokens.ts";
import { replaySection } from "./replay_section.ts";
import { indexOfByte } from "./statement_range.ts";
import { type TextEdit, withEdits } from "./text_edits.ts";

/** A statement of a section, and what SQLite says that it does. */
interface Statement {
  readonly start: number;
  readonly sql: string;
  readonly accesses: readonly Access[];
}

/** The section with its rebuilds in the other order; as it is where one does more than that. */
export function reorderedRebuilds(
  scratch: Scratch,
  sql: string,
  foreignKeys: ForeignKeyMode | null,
): string {
  const statements = statementsOf(scratch, sql, foreignKeys);
  const edits: TextEdit[] = [];
  for (const [index, statement] of statements.entries()) {
    const rename = readRename(statement.sql);
    if (rename === null) continue;
    edits.push(...reorder(scratch, rename, statement, statements.slice(index + 1)) ?? []);
  }
  return withEdits(sql, edits);
}

function statementsOf(
  scratch: Scratch,
  sql: string,
  foreignKeys: ForeignKeyMode | null,
): readonly Statement[] {
  return replaySection(scratch, sql, foreignKeys).statements.map(({ text, accesses }) => ({
    start: indexOfByte(sql, text.offset),
    sql: text.sql,
    accesses,
  }));
}

interface TableRename {
  readonly from: string;
  readonly to: string;
}

function readRename(sql: string): TableRename | null {
  const tokens = [...tokensOf(sql)].filter(({ text }) => text !== ";");
  const words = tokens.map(({ text }) => text.toUpperCase()).filter((_, index) =>
    index !== 2 && index !== 5
  );
  const [from, to] = [tokens[2], tokens[5]];
  return tokens.length === 6 && words.join(" ") === "ALTER TABLE RENAME TO" &&
      from !== undefined && to !== undefined
    ? { from: nameOf(from), to: nameOf(to) }
    : null;
}

function reorder(
  scratch: Scratch,
  { from, to }: TableRename,
  rename: Statement,
  following: readonly Statement[],
): readonly TextEdit[] | null {
  const last = following.findIndex((each) => does(each, "drop", to));
  const between = following.slice(0, last).filter(({ sql }) =>
    namesIn(sql).some((token) => isName(token, from) || isName(token, to))
  );
  const [create, ...fills] = between;
  const drop = following[last];
  if (drop === undefined || create === undefined || !does(create, "create", from)) return null;
  const name = scratch.write(scratch.freeName(`${from}_new`, new Set()));
  const created = withTableName(create.sql, name);
  const table = scratch.write(from);
  const [, , third] = tokensOf(create.sql);
  const filled = fills.map((fill) => filledInto(fill, { from, to, name, table }));
  if (third === undefined || !isName(third, from) || create.accesses.some(isRead)) return null;
  if (filled.length === 0 || filled.includes(null)) return null;
  return [
    { ...rangeOf(rename), text: "" },
    { ...rangeOf(create), text: created },
    ...fills.map((fill, index) => ({ ...rangeOf(fill), text: filled[index] ?? fill.sql })),
    {
      ...rangeOf(drop),
      text: `DROP TABLE ${table};\nALTER TABLE ${name} RENAME TO ${table}${
        drop.sql.endsWith(";") ? ";" : ""
      }`,
    },
  ];
}

/** The INSERT of a rebuild, from the old table under its own name into the new one. */
function filledInto(
  { sql, accesses }: Statement,
  { from, to, name, table }: TableRename & { readonly name: string; readonly table: string },
): string | null {
  const target = accesses.find((access) => access.kind === "insert" && access.trigger === null);
  if (target?.kind !== "insert" || foldName(target.table) !== foldName(from)) return null;
  const targets = namesIn(sql).filter((token) => isName(token, from));
  const [first] = targets;
  // What else it reads from the new table is not there yet under its name.
  if (first === undefined || targets.length > 1) return null;
  return withEdits(sql, [
    { start: first.start, end: first.start + first.text.length, text: name },
    ...namesIn(sql).filter((token) => isName(token, to)).map(({ start, text }) => ({
      start,
      end: start + text.length,
      text: table,
    })),
  ]);
}

function does(
  { accesses }: Statement,
  kind: "create" | "drop",
  table: string,
): boolean {
  return accesses.some((access) =>
    access.kind === kind && access.object === "table" && !isTemporary(access) &&
    foldName(access.name) === foldName(table)
  );
}

// The authorizer reports reads of SQLite's own tables too.
function isRead(access: Access): boolean {
  return access.kind === "read" && !foldName(access.table).startsWith("sqlite_");
}

/** The tokens that may be names: no texts, and no columns after a dot. */
function namesIn(sql: string): readonly Token[] {
  const tokens = [...tokensOf(sql)];
  return tokens.filter(({ text }, index) =>
    !text.startsWith("'") && tokens[index - 1]?.text !== "."
  );
}

function isName(token: Token, name: string): boolean {
  return foldName(nameOf(token)) === foldName(name);
}

function rangeOf({ start, sql }: Statement): Pick<TextEdit, "start" | "end"> {
  return { start, end: start + sql.length };
}
