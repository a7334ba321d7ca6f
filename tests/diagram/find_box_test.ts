// The part of a diagram that changes, and the boxes in it: by name, by change, by foreign keys.

import * as assert from "uvu/assert";
import { diagramOf } from "../../lib/diagram/diagram.ts";
import { boxOfChange, connectionsOf, findBox } from "../../lib/diagram/find_box.ts";
import { focusedDiagram, isLarge } from "../../lib/diagram/focused_diagram.ts";
import { suite } from "../support/suite.ts";
import { attachmentOf, changeOf, keyTo, schemaOf, tableOf } from "../workbench/model/sample.ts";

const boxes = suite("boxes of a diagram");

const OTHERS = Array.from({ length: 12 }, (_, index) => tableOf(`other_${index}`, ["id"]));
const USERS = tableOf("users", ["id"]);
const ORDERS = tableOf("orders", ["id", "user_id"], { foreignKeys: [keyTo("user_id", "users")] });
const ITEMS = tableOf("items", ["id", "order_id"], { foreignKeys: [keyTo("order_id", "orders")] });
const BEFORE = schemaOf([...OTHERS, USERS, ORDERS, ITEMS, tableOf("likes", ["id"])]);
const AFTER = schemaOf([
  ...OTHERS,
  USERS,
  tableOf("orders", ["id", "user_id", "paid_at"], { foreignKeys: [keyTo("user_id", "users")] }),
  ITEMS,
], { indexes: [attachmentOf("orders_paid", "orders")] });
const CHANGES = [
  changeOf("removed", "table", "likes"),
  changeOf("added", "column", "paid_at", "orders"),
  changeOf("added", "index", "orders_paid", "orders"),
];
const DIAGRAM = diagramOf(BEFORE, AFTER, CHANGES);

boxes("focusedDiagram() keeps what changes, with its parents and children", () => {
  assert.ok(isLarge(DIAGRAM));
  const focused = focusedDiagram(DIAGRAM);
  assert.equal(focused?.before.boxes.map(({ name }) => name), [
    "users",
    "orders",
    "items",
    "likes",
  ]);
  assert.equal(focused?.after.boxes.map(({ name }) => name), ["users", "orders", "items", "likes"]);
  assert.equal(focused?.after.edges.map(({ from, to }) => `${from} ${to}`), [
    "orders users",
    "items orders",
  ]);
});

boxes("focusedDiagram() has nothing to show of a schema that stays as it is", () => {
  assert.is(focusedDiagram(diagramOf(AFTER, AFTER, [])), null);
});

boxes("findBox() prefers the whole name to its beginning, and that to any part", () => {
  const schema = schemaOf(["my_user", "user_roles", "user"].map((name) => tableOf(name, ["id"])));
  const diagram = diagramOf(schema, schema, []);
  assert.is(findBox(diagram, "USER")?.name, "user");
  assert.is(findBox(diagram, "user_")?.name, "user_roles");
  assert.is(findBox(diagram, "_user")?.name, "my_user");
  assert.is(findBox(diagram, "nope"), null);
  assert.is(findBox(diagram, " "), null);
});

boxes("boxOfChange() finds the table of a column and of an index, and one that is dropped", () => {
  assert.equal(CHANGES.map((change) => boxOfChange(DIAGRAM, change)), [
    "dropped likes",
    "orders",
    "orders",
  ]);
});

boxes("boxOfChange() tells a dropped table from a renamed one that got its name", () => {
  const diagram = diagramOf(
    schemaOf([tableOf("old", ["id"]), tableOf("notes", ["id"])]),
    schemaOf([tableOf("old", ["id"])]),
    [changeOf("removed", "table", "old"), changeOf("renamed", "table", "old", null, "was notes")],
  );
  assert.is(boxOfChange(diagram, changeOf("removed", "table", "old")), "dropped old");
  assert.is(boxOfChange(diagram, changeOf("renamed", "table", "old", null, "was notes")), "old");
});

boxes("connectionsOf() names parents and children once, with their columns", () => {
  assert.equal(connectionsOf(DIAGRAM, "orders"), {
    parents: [{ id: "users", name: "users", columns: "user_id" }],
    children: [{ id: "items", name: "items", columns: "order_id" }],
  });
});

boxes.run();
