// Writes the ALTER TABLE statements that rename tables and columns.

import { foldName } from "../sqlite/fold_name.ts";
import type { TablePair } from "./renames.ts";
import type { Scratch } from "./scratch.ts";

/** One rename. */
export interface RenameStatement {
  readonly statement: string;
  /** The column that gets a name, as `columnKey()` writes it; `null` for a table. */
  readonly column: string | null;
}

/**
 * Writes the renames of tables, then those of columns. `taken` are names that no temporary object
 * may have.
 */
export function renameStatements(
  scratch: Scratch,
  pairs: readonly TablePair[],
  taken: ReadonlySet<string>,
): readonly RenameStatement[] {
  const write = (name: string): string => scratch.write(name);
  const renamed = pairs.filter(({ from, to }) => foldName(from.name) !== foldName(to.name));
  const tables = inTwoSteps(
    renamed.map(({ from, to }) => ({ from: from.name, to: to.name })),
    pairs.map(({ from }) => from.name),
    (name) => scratch.freeName(`${name}_renamed`, taken),
  ).map(({ from, to }) => ({
    statement: `ALTER TABLE ${write(from)} RENAME TO ${write(to)}`,
    column: null,
  }));
  const columns = pairs.flatMap(({ from, to, columns }) =>
    inTwoSteps(
      columns,
      from.columns.map(({ name }) => name),
      (name) => `${name}_renamed`,
    ).map((each) => ({
      statement: `ALTER TABLE ${write(to.name)} RENAME COLUMN ${write(each.from)} TO ${
        write(each.to)
      }`,
      column: columnKey(to.name, each.to),
    }))
  );
  return [...tables, ...columns];
}

/** A column of a table, folded. */
export function columnKey(table: string, column: string): string {
  return `${foldName(table)} ${foldName(column)}`;
}

interface NamePair {
  readonly from: string;
  readonly to: string;
}

/**
 * Orders renames so that none takes a name that is still in use. What has a name that another one
 * gets, and gets none itself, is going to be dropped, and is put aside.
 */
function inTwoSteps(
  renames: readonly NamePair[],
  present: readonly string[],
  freeName: (name: string) => string,
): readonly NamePair[] {
  const isIn = (name: string, names: readonly string[]): boolean =>
    names.some((each) => foldName(each) === foldName(name));
  const inTheWay = present.filter((name) =>
    isIn(name, renames.map(({ to }) => to)) && !isIn(name, renames.map(({ from }) => from))
  );
  const aside = inTheWay.map((name) => ({ from: name, to: freeName(name) }));
  const isTaken = ({ to }: NamePair): boolean => isIn(to, present) && !isIn(to, inTheWay);
  const first = renames.map((rename) =>
    isTaken(rename) ? { from: rename.from, to: freeName(rename.from) } : rename
  );
  const second = renames.flatMap((rename, index) =>
    isTaken(rename) ? [{ from: first[index]?.to ?? rename.from, to: rename.to }] : []
  );
  return [...aside, ...first, ...second];
}
