// The columns that a box shows, and the size that they need. Pure.

import type { DiagramBox, DiagramColumn } from "./diagram.ts";
import type { Size } from "./sheet.ts";

/** Whether unchanged tables show their columns. */
export type Detail = "all" | "changed";

/** The heights of a box's parts, which the drawing shares. */
export const ROW = { header: 30, column: 20, attachment: 19, padding: 7 } as const;

// The width of a character of the monospaced font at 12 px, and the space around the text.
const CHARACTER = 7.3;
const GUTTER = 74;
const WIDTH = { least: 150, most: 300 };

/** All columns, or those that changed with the primary key. */
export function shownColumns(box: DiagramBox, detail: Detail): readonly DiagramColumn[] {
  if (detail === "all" || box.mark === "added" || box.mark === "removed") return box.columns;
  return box.mark === "same"
    ? []
    : box.columns.filter(({ mark, isPrimaryKey }) => mark !== "same" || isPrimaryKey);
}

/** The size of a box with these columns. */
export function sizeOfBox(box: DiagramBox, detail: Detail): Size {
  const columns = shownColumns(box, detail);
  const hidden = box.columns.length - columns.length;
  const attachments = detail === "all" || box.mark !== "same" ? box.attachments : [];
  const texts = [
    box.name.length + Math.max(box.kind.length, 10),
    ...columns.map(({ name, type, mark }) => name.length + type.length + (mark === "same" ? 1 : 8)),
    ...attachments.map(({ name, mark }) => name.length + (mark === "same" ? 2 : 9)),
  ];
  // A box without rows shows the number of its columns in its head.
  const rows = columns.length + (hidden > 0 && columns.length > 0 ? 1 : 0);
  const body = rows * ROW.column + attachments.length * ROW.attachment;
  return {
    width: Math.min(Math.max(Math.max(...texts) * CHARACTER + GUTTER, WIDTH.least), WIDTH.most),
    height: ROW.header + body + (body > 0 ? ROW.padding * 2 : 0),
  };
}
