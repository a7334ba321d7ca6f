// diagramOf(): which table became which, and what is marked on each side.

import * as assert from "uvu/assert";
import { describeSide, diagramOf } from "../../lib/diagram/diagram.ts";
import { EMPTY_SCHEMA } from "../../lib/sqlite/schema.ts";
import { suite } from "../support/suite.ts";
import { attachmentOf, changeOf, keyTo, schemaOf, tableOf } from "../workbench/model/sample.ts";

const diagram = suite("diagramOf()");

diagram("marks a table that is added, with its columns as they are", () => {
  const after = schemaOf([tableOf("notes", ["id", "body"])]);
  const drawn = diagramOf(EMPTY_SCHEMA, after, [changeOf("added", "table", "notes")]);
  assert.equal(drawn.before.boxes, []);
  assert.is(drawn.after.boxes[0]?.mark, "added");
  assert.equal(drawn.after.boxes[0]?.columns.map(({ mark }) => mark), ["same", "same"]);
});

diagram("marks what is dropped before, and what is added after", () => {
  const before = schemaOf([tableOf("notes", ["id", "author"])]);
  const after = schemaOf([tableOf("notes", ["id", "author_id"])]);
  const drawn = diagramOf(before, after, [
    changeOf("removed", "column", "author", "notes"),
    changeOf("added", "column", "author_id", "notes"),
  ]);
  const marks = (side: "before" | "after"): unknown =>
    drawn[side].boxes[0]?.columns.map(({ name, mark }) => [name, mark]);
  assert.equal(marks("before"), [["id", "same"], ["author", "removed"]]);
  assert.equal(marks("after"), [["id", "same"], ["author_id", "added"]]);
  assert.equal([drawn.before.boxes[0]?.mark, drawn.after.boxes[0]?.mark], ["altered", "altered"]);
});

diagram("knows a renamed table and a renamed column on both sides", () => {
  const before = schemaOf([tableOf("notes", ["id", "body"])]);
  const after = schemaOf([tableOf("pages", ["id", "text"])]);
  const drawn = diagramOf(before, after, [
    changeOf("renamed", "table", "pages", null, "was notes"),
    changeOf("renamed", "column", "text", "pages", "was body"),
  ]);
  const [former] = drawn.before.boxes;
  const [present] = drawn.after.boxes;
  assert.is(former?.id, present?.id);
  assert.equal([former?.mark, former?.note], ["renamed", "becomes pages"]);
  assert.equal([present?.mark, present?.note], ["renamed", "was notes"]);
  assert.equal([former?.columns[1]?.mark, former?.columns[1]?.note], ["renamed", "becomes text"]);
  assert.equal([present?.columns[1]?.mark, present?.columns[1]?.note], ["renamed", "was body"]);
});

diagram("does not take a new table for the one whose name it got", () => {
  const before = schemaOf([tableOf("notes", ["id"])]);
  const after = schemaOf([tableOf("notes", ["id"]), tableOf("old_notes", ["id"])]);
  const drawn = diagramOf(before, after, [
    changeOf("renamed", "table", "old_notes", null, "was notes"),
    changeOf("added", "table", "notes"),
  ]);
  assert.is(drawn.before.boxes[0]?.id, "old_notes");
  assert.equal(drawn.after.boxes.map(({ id, mark }) => [id, mark]), [
    ["notes", "added"],
    ["old_notes", "renamed"],
  ]);
});

diagram("does not take a renamed column for the dropped one whose name it got", () => {
  const before = schemaOf([tableOf("notes", ["body", "text"])]);
  const after = schemaOf([tableOf("notes", ["text"])]);
  const drawn = diagramOf(before, after, [
    changeOf("removed", "column", "text", "notes"),
    changeOf("renamed", "column", "text", "notes", "was body"),
  ]);
  assert.equal(drawn.before.boxes[0]?.columns.map(({ mark }) => mark), ["renamed", "removed"]);
  assert.equal(drawn.after.boxes[0]?.columns.map(({ mark }) => mark), ["renamed"]);
});

diagram(
  "gives a dropped table a place of its own, and keeps it visible after the migration",
  () => {
    const before = schemaOf([tableOf("notes", ["id"])]);
    const drawn = diagramOf(before, EMPTY_SCHEMA, [changeOf("removed", "table", "notes")]);
    assert.equal([drawn.before.boxes[0]?.id, drawn.before.boxes[0]?.mark], [
      "dropped notes",
      "removed",
    ]);
  },
);

diagram("lists indexes, triggers and views, and marks them", () => {
  const notes = tableOf("notes", ["id"]);
  const after = schemaOf([notes], {
    indexes: [attachmentOf("notes_body", "notes")],
    triggers: [attachmentOf("notes_log", "NOTES")],
    views: [{ name: "recent", sql: "" }],
  });
  const drawn = diagramOf(schemaOf([notes]), after, [
    changeOf("added", "index", "notes_body", "notes"),
    changeOf("added", "view", "recent"),
  ]);
  assert.equal(drawn.after.boxes[0]?.attachments, [
    { kind: "index", name: "notes_body", mark: "added" },
    { kind: "trigger", name: "notes_log", mark: "same" },
  ]);
  assert.equal([drawn.after.boxes[1]?.kind, drawn.after.boxes[1]?.mark], ["view", "added"]);
});

diagram("draws foreign keys whatever the case they were typed in, and none to nowhere", () => {
  const schema = schemaOf([
    tableOf("notes", ["id"]),
    tableOf("tags", ["id", "note_id"], {
      foreignKeys: [keyTo("note_id", "NOTES"), keyTo("note_id", "gone")],
    }),
  ]);
  const { after } = diagramOf(schema, schema, []);
  assert.equal(after.edges, [{ from: "tags", to: "notes", columns: "note_id" }]);
  assert.ok(after.boxes[1]?.columns[1]?.isForeignKey);
});

diagram("says in words what it draws", () => {
  const after = schemaOf([
    tableOf("notes", ["id"]),
    tableOf("tags", ["id", "note_id"], { foreignKeys: [keyTo("note_id", "notes")] }),
  ]);
  const drawn = diagramOf(EMPTY_SCHEMA, after, [changeOf("added", "table", "tags")]);
  assert.is(describeSide(drawn.before), "No tables");
  assert.is(
    describeSide(drawn.after),
    "table notes; table tags, added; tags refers to notes",
  );
});

diagram("says of a large drawing what changes in it", () => {
  const tables = Array.from({ length: 41 }, (_, index) => tableOf(`t${index}`, ["id"]));
  const after = schemaOf([...tables, tableOf("notes", ["id"])]);
  const drawn = diagramOf(schemaOf(tables), after, [changeOf("added", "table", "notes")]);
  assert.is(describeSide(drawn.after), "42 tables and views; table notes, added");
});

diagram.run();
