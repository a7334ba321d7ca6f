// Finds boxes of a diagram: by name, by change, and by foreign keys. Pure; runs anywhere.

import type { ChangeMessage } from "../message/reply.ts";
import type { Diagram, DiagramBox } from "./diagram.ts";

/** A box that a foreign key connects with another one. */
export interface Connection {
  readonly id: string;
  readonly name: string;
  /** The columns of the child table. */
  readonly columns: string;
}

/** The foreign keys of a table, and those of other tables that refer to it. */
export interface Connections {
  readonly parents: readonly Connection[];
  readonly children: readonly Connection[];
}

/** Every box once, by name; one that is in both drawings as it is after the migration. */
export function allBoxes({ before, after }: Diagram): readonly DiagramBox[] {
  const boxes = new Map([...before.boxes, ...after.boxes].map((box) => [box.id, box]));
  return [...boxes.values()].sort((one, other) => one.name < other.name ? -1 : 1);
}

/** The box of this name, else the first whose name begins so, else the first that has it. */
export function findBox(diagram: Diagram, query: string): DiagramBox | null {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return null;
  const boxes = allBoxes(diagram).map((box) => ({ box, name: box.name.toLowerCase() }));
  const found = boxes.find(({ name }) => name === wanted) ??
    boxes.find(({ name }) => name.startsWith(wanted)) ??
    boxes.find(({ name }) => name.includes(wanted));
  return found?.box ?? null;
}

/** The box that a change concerns, preferably after it. */
export function boxOfChange({ before, after }: Diagram, change: ChangeMessage): string | null {
  const { object, table, name } = change;
  const wanted = (object === "table" || object === "view" ? name : table ?? name).toLowerCase();
  const isWanted = (box: DiagramBox): boolean => box.name.toLowerCase() === wanted;
  const isDropped = change.change === "removed" && object === "table";
  const dropped = isDropped
    ? before.boxes.find((box) => isWanted(box) && box.mark === "removed")
    : undefined;
  return (dropped ?? after.boxes.find(isWanted) ?? before.boxes.find(isWanted))?.id ?? null;
}

/** What a box is connected with, in either drawing. */
export function connectionsOf(diagram: Diagram, id: string): Connections {
  const names = new Map(allBoxes(diagram).map((box) => [box.id, box.name]));
  const edges = new Map(
    [...diagram.before.edges, ...diagram.after.edges].map((edge) => [JSON.stringify(edge), edge]),
  );
  const connection = (other: string, columns: string): Connection => ({
    id: other,
    name: names.get(other) ?? other,
    columns,
  });
  return {
    parents: [...edges.values()].filter(({ from }) => from === id)
      .map(({ to, columns }) => connection(to, columns)),
    children: [...edges.values()].filter(({ to }) => to === id)
      .map(({ from, columns }) => connection(from, columns)),
  };
}
