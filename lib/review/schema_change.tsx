// How the schema changes: in words, as a unified difference, and drawn before and after. Runs
// anywhere.

import type { JSX } from "preact";
import { ChangeList } from "../diagram/change_list.tsx";
import { diagramOf, SIDES } from "../diagram/diagram.ts";
import { DiagramLegend } from "../diagram/diagram_legend.tsx";
import { layoutDiagram } from "../diagram/diagram_layout.ts";
import { defaultDetail, focusedDiagram, isLarge } from "../diagram/focused_diagram.ts";
import { SchemaDrawing } from "../diagram/schema_drawing.tsx";
import type { PlanReply } from "../message/plan_reply.ts";
import type { ChangeMessage } from "../message/reply.ts";
import { drawnSchema } from "./drawn_schema.ts";
import { SchemaDifference } from "./schema_difference.tsx";

/** The schema of a plan. */
export function SchemaChange({ reply }: { readonly reply: PlanReply }): JSX.Element {
  const changes = reply.steps.flatMap((step) => step.changes);
  return (
    <>
      <ChangeList changes={changes} />
      <SchemaDifference text={reply.schema_diff} />
      <Drawings reply={reply} changes={changes} />
    </>
  );
}

function Drawings(
  { reply: { schema_before, schema_after }, changes }: {
    readonly reply: PlanReply;
    readonly changes: readonly ChangeMessage[];
  },
): JSX.Element | null {
  if (schema_before === undefined || schema_after === undefined) return null;
  const diagram = diagramOf(drawnSchema(schema_before), drawnSchema(schema_after), changes);
  const drawn = isLarge(diagram) ? focusedDiagram(diagram) ?? diagram : diagram;
  const layout = layoutDiagram(drawn, defaultDetail(drawn));
  return (
    <>
      {drawn !== diagram && (
        <p class="quiet">The tables that change, and those that foreign keys connect with them.</p>
      )}
      <div class="drawings">
        {SIDES.map(([side, label]) => (
          <figure key={side}>
            <figcaption>{label}</figcaption>
            {layout[side].boxes.length === 0
              ? <p class="quiet">No tables</p>
              : (
                <div class="scroll" tabIndex={0} role="group" aria-label={`${label}, scrolls`}>
                  <SchemaDrawing
                    side={layout[side]}
                    layout={layout}
                    label={label}
                    arrowId={`arrow-${side}`}
                  />
                </div>
              )}
          </figure>
        ))}
      </div>
      <DiagramLegend />
    </>
  );
}
