// What a step does to the schema: in words, drawn, and as text. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { FileReport } from "../../browser/sandbox.ts";
import { ChangeList } from "../../diagram/change_list.tsx";
import { diagramOf } from "../../diagram/diagram.ts";
import { DiagramLegend } from "../../diagram/diagram_legend.tsx";
import { boxOfChange } from "../../diagram/find_box.ts";
import type { SchemaVersion } from "../model/schema_versions.ts";
import { FIRST_ROWS } from "../model/table_place.ts";
import { goTo } from "../state/navigate.ts";
import { useStore } from "../state/store_context.ts";
import type { Selected } from "./diagram_controls.ts";
import { SchemaDiagram } from "./schema_diagram.tsx";
import { SchemaText } from "./schema_text.tsx";
import { Segments } from "./segments.tsx";

interface SchemaChangePanelProps {
  readonly effect: NonNullable<FileReport["effect"]>;
  readonly title: string;
  /** The name of a drawing that is saved, without its extension. */
  readonly name: string;
  /** The schemas that can be compared as text; at least those before and after. */
  readonly versions: readonly SchemaVersion[];
  /** The keys of those that are compared first. */
  readonly compared: readonly [string, string];
}

const FORMS = [["diagram", "Diagram"], ["text", "Text"]] as const;

/** The changes, and the schema in one of two forms. A change shows its table in the diagram. */
export function SchemaChangePanel(
  { effect, title, name, versions, compared }: SchemaChangePanelProps,
): JSX.Element {
  const store = useStore();
  const diagram = useMemo(
    () => diagramOf(effect.before, effect.after, effect.changes),
    [effect],
  );
  const form = useSignal<(typeof FORMS)[number][0]>("diagram");
  const selected = useSignal<Selected | null>(null);
  return (
    <section class="schema-panel" aria-labelledby="schema-heading">
      <div class="section-bar">
        <h4 id="schema-heading" class="section-heading">{title}</h4>
        <Segments legend="Schema as" options={FORMS} chosen={form} />
      </div>
      <ChangeList
        changes={effect.changes}
        onShow={(change) => {
          form.value = "diagram";
          const id = boxOfChange(diagram, change);
          selected.value = id === null ? null : { id, isSought: true };
        }}
      />
      {form.value === "diagram"
        ? (
          <>
            <SchemaDiagram
              diagram={diagram}
              name={name}
              selected={selected}
              onRows={(table) => goTo(store, { view: "data", table, rows: FIRST_ROWS })}
            />
            <DiagramLegend />
          </>
        )
        : <SchemaText versions={versions} compared={compared} />}
    </section>
  );
}
