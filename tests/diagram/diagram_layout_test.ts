// layoutDiagram(): boxes that keep their place and never lie on each other.

import * as assert from "uvu/assert";
import { type Diagram, diagramOf } from "../../lib/diagram/diagram.ts";
import { layoutDiagram, type PlacedBox } from "../../lib/diagram/diagram_layout.ts";
import { defaultDetail } from "../../lib/diagram/focused_diagram.ts";
import { suite } from "../support/suite.ts";
import { changeOf, keyTo, schemaOf, tableOf } from "../workbench/model/sample.ts";

const layout = suite("layoutDiagram()");

function manyTables(number: number): Diagram {
  const tables = Array.from(
    { length: number },
    (_, index) =>
      tableOf(`stock_${index}`, ["id", "name", "parent_id"], {
        foreignKeys: index % 3 === 0 ? [] : [keyTo("parent_id", `stock_${Math.floor(index / 2)}`)],
      }),
  );
  const grown = tables.map((table, index) =>
    index === 7 ? tableOf(table.name, ["id", "name", "parent_id", "weight"]) : table
  );
  return diagramOf(schemaOf(tables), schemaOf(grown), [
    changeOf("added", "column", "weight", "stock_7"),
  ]);
}

function overlap(one: PlacedBox, other: PlacedBox): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width &&
    one.y < other.y + other.height && other.y < one.y + one.height;
}

layout("keeps what stands in both drawings in one place", () => {
  const { before, after } = layoutDiagram(manyTables(12), "all");
  const places = new Map(before.boxes.map(({ box, x, y }) => [box.id, { x, y }]));
  for (const { box, x, y } of after.boxes) assert.equal(places.get(box.id), { x, y }, box.id);
});

layout("lays forty tables out without any on another, inside the sheet", () => {
  const placed = layoutDiagram(manyTables(40), "all");
  const { boxes } = placed.after;
  assert.is(boxes.length, 40);
  boxes.forEach((one, index) => {
    assert.ok(one.x >= 0 && one.x + one.width <= placed.width, one.box.id);
    assert.ok(one.y >= 0 && one.y + one.height <= placed.height, one.box.id);
    for (const other of boxes.slice(index + 1)) {
      assert.not.ok(overlap(one, other), `${one.box.id} and ${other.box.id}`);
    }
  });
});

layout("does not put tables without keys into one row", () => {
  const tables = Array.from({ length: 40 }, (_, index) => tableOf(`t${index}`, ["id"]));
  const { width, height } = layoutDiagram(diagramOf(schemaOf(tables), schemaOf(tables), []), "all");
  assert.ok(width < 4 * height, `${width} by ${height}`);
});

layout("ends lines at the edge of the box, also of the smaller of both", () => {
  const child = tableOf("tags", ["id", "note_id"], { foreignKeys: [keyTo("note_id", "notes")] });
  const before = schemaOf([tableOf("notes", ["id"]), child]);
  const after = schemaOf([tableOf("notes", ["id", "a", "b", "c", "d"]), child]);
  const placed = layoutDiagram(diagramOf(before, after, []), "all");
  for (const side of [placed.before, placed.after]) {
    const parent = side.boxes.find(({ box }) => box.id === "notes");
    const end = side.edges[0]?.points.at(-1);
    assert.is(Math.round(end?.y ?? 0), Math.round((parent?.y ?? 0) + (parent?.height ?? 0)));
  }
});

layout("shows of a large schema what changes", () => {
  const diagram = manyTables(40);
  assert.is(defaultDetail(diagram), "changed");
  const { after } = layoutDiagram(diagram, "changed");
  const changed = after.boxes.find(({ box }) => box.id === "stock_7");
  const other = after.boxes.find(({ box }) => box.id === "stock_8");
  assert.equal(changed?.columns.map(({ name }) => name), ["id", "weight"]);
  assert.equal([other?.columns.length, other?.hidden], [0, 3]);
});

/** A table that many others refer to, and some that refer to those. */
function hub(children: number): Diagram {
  const tables = Array.from(
    { length: children },
    (_, index) =>
      tableOf(`child_${index}`, ["id", "parent_id"], {
        foreignKeys: [keyTo("parent_id", index % 3 === 2 ? `child_${index - 1}` : "hub")],
      }),
  );
  const schema = schemaOf([tableOf("hub", ["id"]), ...tables]);
  return diagramOf(schema, schema, []);
}

layout("puts the many children of a table into several rows below it", () => {
  const { width, height, after } = layoutDiagram(hub(59), "changed");
  assert.ok(width < 2 * height && height < 2 * width, `${width} by ${height}`);
  const places = new Map(after.boxes.map((placed) => [placed.box.id, placed]));
  for (const { edge } of after.edges) {
    const [child, parent] = [places.get(edge.from), places.get(edge.to)];
    assert.ok(child !== undefined && parent !== undefined && child.y > parent.y, edge.from);
  }
});

layout("leads no line of a large drawing through a box", () => {
  const { after } = layoutDiagram(hub(59), "all");
  for (const { edge, points } of after.edges) {
    points.slice(1).forEach((end, index) => {
      const start = points[index] ?? end;
      const crossed = after.boxes.find(({ x, y, width, height }) =>
        Math.max(start.x, end.x) > x && Math.min(start.x, end.x) < x + width &&
        Math.max(start.y, end.y) > y && Math.min(start.y, end.y) < y + height
      );
      assert.is(crossed?.box.id, undefined, `${edge.from} to ${edge.to}`);
    });
  }
});

layout("lays out tables that refer to each other in a circle", () => {
  const tables = Array.from(
    { length: 20 },
    (_, index) =>
      tableOf(`t${index}`, ["id", "next"], {
        foreignKeys: [keyTo("next", `t${(index + 1) % 20}`)],
      }),
  );
  const schema = schemaOf(tables);
  const { boxes, edges } = layoutDiagram(diagramOf(schema, schema, []), "all").after;
  assert.is(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size, 20);
  assert.ok(edges.every(({ points }) => points.length >= 2));
});

layout("draws no line from a table to itself", () => {
  const nodes = schemaOf([tableOf("nodes", ["id", "parent"], {
    foreignKeys: [keyTo("parent", "nodes")],
  })]);
  const { boxes, edges } = layoutDiagram(diagramOf(nodes, nodes, []), "all").after;
  assert.is(boxes.length, 1);
  assert.equal(edges.map(({ points }) => points), [[]]);
});

layout.run();
