// Lays out diagrams and compares schemas, so that the page answers while it does. Runs as a worker.

import * as Comlink from "comlink";
import type { Detail } from "../../diagram/box_size.ts";
import type { Diagram } from "../../diagram/diagram.ts";
import { type DiagramLayout, layoutDiagram } from "../../diagram/diagram_layout.ts";
import type { Schema } from "../../sqlite/schema.ts";
import { schemaText } from "../../sqlite/schema_text.ts";
import { type DiffNames, unifiedDiff } from "../../unified_diff.ts";

/** What the page calls. */
export interface PageWorker {
  layout(diagram: Diagram, detail: Detail): DiagramLayout;
  /** The unified difference of the CREATE statements; empty if there is none. */
  difference(before: Schema, after: Schema, names: DiffNames): string;
}

const worker: PageWorker = {
  layout: layoutDiagram,
  difference: (before, after, names) => unifiedDiff(schemaText(before), schemaText(after), names),
};

Comlink.expose(worker);
