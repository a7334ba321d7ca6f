// Which rows of a table are shown: the page, the order and the filters. Pure; runs anywhere.

/** A column by which rows are sorted. */
export interface Order {
  readonly column: string;
  readonly direction: "ascending" | "descending";
}

/** Which rows of a table are shown. */
export interface TablePlace {
  /** From 0. */
  readonly page: number;
  /** `null` keeps the order of the table. */
  readonly order: Order | null;
  /** By column, as they were typed: `ada`, `=5`, `>= 10`, `null`. All must hold. */
  readonly filters: ReadonlyMap<string, string>;
}

/** The first rows of a table, unsorted and unfiltered. */
export const FIRST_ROWS: TablePlace = { page: 0, order: null, filters: new Map() };

/** The order after a click on the head of a column: ascending, descending, none. */
export function nextOrder(order: Order | null, column: string): Order | null {
  if (order?.column !== column) return { column, direction: "ascending" };
  return order.direction === "ascending" ? { column, direction: "descending" } : null;
}

/** The place after a filter was changed; an empty one is removed. */
export function withFilter(place: TablePlace, column: string, text: string): TablePlace {
  const filters = new Map(place.filters);
  if (text.trim() === "") filters.delete(column);
  else filters.set(column, text);
  return { ...place, page: 0, filters };
}
