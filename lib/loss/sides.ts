// The SQL by which a row before a migration is compared with the same row after it. Pure; runs
// anywhere.

/** Where the rows of a table are read, before and after, and how a row is found again. */
export interface Sides {
  /** A table or a copy of it, ready to follow FROM. */
  readonly before: string;
  readonly after: string;
  /** Columns that identify a row. They are not NULL. All names are quoted. */
  readonly key: readonly ColumnPair[];
  readonly kept: readonly NamedPair[];
  readonly dropped: readonly { readonly name: string; readonly before: string }[];
  /** New columns, to which values may have moved. */
  readonly added: readonly { readonly name: string; readonly after: string }[];
}

/** The names that a column has before and after. */
export interface ColumnPair {
  readonly before: string;
  readonly after: string;
}

/** A column that is kept, with the plain name that it had before. */
export interface NamedPair extends ColumnPair {
  readonly name: string;
}

/** Joins the rows before, as `b`, with those after, as `a`. */
export function joinSides(
  { before, after, key }: Sides,
  join: "JOIN" | "LEFT JOIN" | "RIGHT JOIN",
): string {
  // The column after comes first, so that its collation and its index are used.
  const on = key.map((pair) => `a.${pair.after} = b.${pair.before}`);
  return `FROM ${before} b ${join} ${after} a ON ${on.join(" AND ")}`;
}

/** Whether two values differ; a unary plus keeps a column's affinity from converting the other. */
export function differs(one: string, other: string): string {
  return `(+${one} COLLATE BINARY IS NOT +${other})`;
}

/**
 * Whether a value is lost that `other` should hold. Equal numbers are the same value, and so is
 * what prints as before in another type: 1 and '1' in a column that became TEXT, but not '007' and
 * 7.
 */
export function isLost(value: string, other: string): string {
  const text = `CAST(${value} AS TEXT)`;
  const whole = `CAST(${other} AS INTEGER)`;
  const isWhole = `typeof(${other}) = 'real' AND ${whole} COLLATE BINARY = ${other}`;
  return `(${value} IS NOT NULL AND ${differs(value, other)}
    AND ${text} COLLATE BINARY IS NOT CAST(${other} AS TEXT)
    AND NOT (${isWhole} AND ${text} COLLATE BINARY = CAST(${whole} AS TEXT)))`;
}
