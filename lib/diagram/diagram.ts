// The schema before and after a migration as two drawings, with the changes marked. Pure; runs
// anywhere.

import type { ChangeMessage } from "../message/reply.ts";
import { changeWord } from "./change_words.ts";

/** The parts of a schema that a drawing shows. */
export interface DrawnSchema {
  readonly tables: readonly DrawnTable[];
  readonly indexes: readonly DrawnAttachment[];
  readonly triggers: readonly DrawnAttachment[];
  readonly views: readonly { readonly name: string }[];
}

interface DrawnTable {
  readonly name: string;
  readonly kind: "table" | "virtual" | "index";
  readonly columns: readonly DrawnColumn[];
  readonly foreignKeys: readonly { readonly columns: string; readonly parent: string }[];
}

interface DrawnColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** Its position in the primary key, from 1; 0 where it is not part of it. */
  readonly primaryKey: number;
}

interface DrawnAttachment {
  readonly name: string;
  readonly table: string;
}

/** What a migration does to an object of the schema. */
export type Mark = ChangeMessage["change"] | "same";

/** A column in a box. */
export interface DiagramColumn {
  readonly name: string;
  readonly type: string;
  readonly isPrimaryKey: boolean;
  readonly isForeignKey: boolean;
  readonly isNotNull: boolean;
  readonly mark: Mark;
  /** What was altered, or the name before or after a rename. */
  readonly note: string | null;
}

/** An index or a trigger in a box. */
export interface DiagramAttachment {
  readonly kind: "index" | "trigger";
  readonly name: string;
  readonly mark: Mark;
}

/** A table or a view. */
export interface DiagramBox {
  /** The same in both drawings for the same table, also if it is renamed. */
  readonly id: string;
  readonly name: string;
  readonly kind: "table" | "virtual table" | "search index" | "view";
  readonly mark: Mark;
  readonly note: string | null;
  readonly columns: readonly DiagramColumn[];
  readonly attachments: readonly DiagramAttachment[];
}

/** A foreign key, from the child table to the parent table. */
export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly columns: string;
}

/** One drawing. */
export interface DiagramSide {
  readonly boxes: readonly DiagramBox[];
  readonly edges: readonly DiagramEdge[];
}

/** Both drawings. */
export interface Diagram {
  readonly before: DiagramSide;
  readonly after: DiagramSide;
}

/** Both drawings, with what they are called. */
export const SIDES = [["before", "Before"], ["after", "After"]] as const;

const KINDS: Readonly<Record<DrawnTable["kind"], DiagramBox["kind"]>> = {
  table: "table",
  virtual: "virtual table",
  index: "search index",
};

/**
 * Draws both schemas. Renames come from `changes`, which the rehearsal observed; they are never
 * guessed from similarity.
 */
export function diagramOf(
  before: DrawnSchema,
  after: DrawnSchema,
  changes: readonly ChangeMessage[],
): Diagram {
  const formerNames = new Map(
    changes.flatMap((each) =>
      each.change === "renamed" && each.object === "table" ? [[formerName(each), each.name]] : []
    ),
  );
  const nameAfter = (table: string): string => formerNames.get(table) ?? table;
  const surviving = new Set(after.tables.map(({ name }) => fold(name)));
  const given = new Set([...formerNames.values()].map(fold));
  // A dropped table must not share the key of a table that was renamed to its name.
  const idBefore = (table: string): string => {
    const isKept = surviving.has(fold(nameAfter(table))) || isView(after, table);
    const isReplaced = given.has(fold(table)) && !formerNames.has(table);
    return isKept && !isReplaced ? fold(nameAfter(table)) : `dropped ${fold(table)}`;
  };
  const sideBefore = drawSide(before, "before", changes, idBefore, nameAfter);
  const sideAfter = drawSide(after, "after", changes, fold, (table) => table);
  // What is dropped stays visible, where it was.
  const dropped = sideBefore.boxes.filter(({ mark }) => mark === "removed");
  return {
    before: sideBefore,
    after: { ...sideAfter, boxes: [...sideAfter.boxes, ...dropped] },
  };
}

// More names are too many to listen to.
const MOST_DESCRIBED = 40;

/** Describes a drawing for a screen reader. A large one is described by what changes. */
export function describeSide({ boxes, edges }: DiagramSide): string {
  if (boxes.length === 0) return "No tables";
  const isLong = boxes.length > MOST_DESCRIBED;
  const described = isLong ? boxes.filter(({ mark }) => mark !== "same") : boxes;
  const names = described.map(({ name, mark, kind }) =>
    mark === "same" ? `${kind} ${name}` : `${kind} ${name}, ${changeWord(mark)}`
  );
  if (isLong) return [`${boxes.length} tables and views`, ...names].join("; ");
  const nameOf = new Map(boxes.map(({ id, name }) => [id, name]));
  const keys = edges.map(({ from, to }) => `${nameOf.get(from)} refers to ${nameOf.get(to)}`);
  return [...names, ...new Set(keys)].join("; ");
}

function drawSide(
  schema: DrawnSchema,
  side: "before" | "after",
  changes: readonly ChangeMessage[],
  idOf: (table: string) => string,
  nameAfter: (table: string) => string,
): DiagramSide {
  // The drawing after has no dropped objects, and the one before has no new ones.
  const visible = changes.filter(({ change }) =>
    change !== (side === "before" ? "added" : "removed")
  );
  const box = (
    name: string,
    kind: DiagramBox["kind"],
    columns: readonly DiagramColumn[],
    object: "table" | "view",
  ): DiagramBox => {
    const after = object === "table" ? nameAfter(name) : name;
    const isRenamed = side === "after" || after !== name;
    const own = visible.find((each) =>
      each.object === object && sameName(each.name, after) &&
      (isRenamed || each.change !== "renamed")
    );
    const attachments = attachmentsOf(schema, name, visible);
    const isTouched = changes.some((each) =>
      each.table !== null && sameName(each.table, nameAfter(name))
    );
    return {
      id: idOf(name),
      name,
      kind,
      mark: own?.change ?? (isTouched ? "altered" : "same"),
      note: own === undefined ? null : noteOf(own, side),
      columns,
      attachments,
    };
  };
  const boxes = [
    ...schema.tables.map((table) =>
      box(table.name, KINDS[table.kind], columnsOf(table, side, visible, nameAfter), "table")
    ),
    ...schema.views.map(({ name }) => box(name, "view", [], "view")),
  ];
  const ids = new Map(schema.tables.map(({ name }) => [fold(name), idOf(name)]));
  const edges = schema.tables.flatMap((table) =>
    table.foreignKeys.flatMap((key) => {
      const to = ids.get(fold(key.parent));
      return to === undefined ? [] : [{ from: idOf(table.name), to, columns: key.columns }];
    })
  );
  return { boxes, edges };
}

function columnsOf(
  table: DrawnTable,
  side: "before" | "after",
  visible: readonly ChangeMessage[],
  nameAfter: (table: string) => string,
): readonly DiagramColumn[] {
  const concerning = visible.filter((each) =>
    each.object === "column" && each.table !== null && sameName(each.table, nameAfter(table.name))
  );
  const foreign = new Set(table.foreignKeys.flatMap(({ columns }) => fold(columns).split(",")));
  return table.columns.map((column) => {
    const change = changeOf(column, side, concerning);
    return {
      name: column.name,
      type: column.type,
      isPrimaryKey: column.primaryKey > 0,
      isForeignKey: foreign.has(fold(column.name)),
      isNotNull: column.notNull,
      mark: change?.change ?? "same",
      note: change === undefined ? null : noteOf(change, side),
    };
  });
}

// The change of a renamed column has the new name, and the old one in its detail.
function changeOf(
  column: DrawnColumn,
  side: "before" | "after",
  concerning: readonly ChangeMessage[],
): ChangeMessage | undefined {
  if (side === "after") return concerning.find(({ name }) => sameName(name, column.name));
  const renamed = concerning.find((each) =>
    each.change === "renamed" && sameName(formerName(each), column.name)
  );
  return renamed ??
    concerning.find((each) => each.change !== "renamed" && sameName(each.name, column.name));
}

function attachmentsOf(
  schema: DrawnSchema,
  table: string,
  visible: readonly ChangeMessage[],
): readonly DiagramAttachment[] {
  const draw = (kind: "index" | "trigger", list: readonly DrawnAttachment[]) =>
    list.filter((each) => sameName(each.table, table)).map(({ name }): DiagramAttachment => ({
      kind,
      name,
      mark: visible.find((each) => each.object === kind && each.name === name)?.change ?? "same",
    }));
  return [...draw("index", schema.indexes), ...draw("trigger", schema.triggers)];
}

function noteOf(change: ChangeMessage, side: "before" | "after"): string | null {
  return change.change === "renamed" && side === "before"
    ? `becomes ${change.name}`
    : change.detail;
}

function formerName({ detail }: ChangeMessage): string {
  return detail?.replace(/^was /, "") ?? "";
}

function isView({ views }: DrawnSchema, name: string): boolean {
  return views.some((view) => sameName(view.name, name));
}

function sameName(one: string, other: string): boolean {
  return fold(one) === fold(other);
}

function fold(name: string): string {
  return name.toLowerCase();
}
