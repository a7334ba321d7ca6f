// The schema before and after a step, side by side, with the list of changes. Runs in the browser.

import type { JSX, TargetedEvent } from "preact";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { FileReport } from "../../browser/sandbox.ts";
import { diagramOf } from "../../diagram/diagram.ts";
import { defaultDetail, type Detail, layoutDiagram } from "../../diagram/diagram_layout.ts";
import { ChangeList } from "../../diagram/change_list.tsx";
import { DiagramLegend } from "../../diagram/diagram_legend.tsx";
import { SchemaDiagram } from "./schema_diagram.tsx";

interface SchemaChangePanelProps {
  readonly effect: NonNullable<FileReport["effect"]>;
  readonly title: string;
}

type Side = "before" | "after";

const SIDES: readonly (readonly [Side, string])[] = [["before", "Before"], ["after", "After"]];

/** Both drawings, which scroll together. On a narrow page, the user selects one of them. */
export function SchemaChangePanel({ effect, title }: SchemaChangePanelProps): JSX.Element {
  const diagram = useMemo(
    () => diagramOf(effect.before, effect.after, effect.changes),
    [effect],
  );
  const chosen = useSignal<Detail | null>(null);
  const shown = useSignal<Side>("after");
  const detail = chosen.value ?? defaultDetail(diagram);
  const layout = useMemo(() => layoutDiagram(diagram, detail), [diagram, detail]);
  return (
    <section class="schema-panel" aria-labelledby="schema-heading">
      <div class="section-bar">
        <h4 id="schema-heading" class="section-heading">{title}</h4>
        <label class="check">
          <input
            type="checkbox"
            checked={detail === "all"}
            onChange={(event) => chosen.value = event.currentTarget.checked ? "all" : "changed"}
          />
          All columns
        </label>
        <fieldset class="segments narrow-only">
          <legend class="unseen">Schema shown</legend>
          {SIDES.map(([side, label]) => (
            <label key={side} class="segment">
              <input
                type="radio"
                name="schema-side"
                checked={shown.value === side}
                onChange={() => shown.value = side}
              />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
      </div>
      <ChangeList changes={effect.changes} />
      <div class="diagrams" data-shown={shown.value} onScrollCapture={scrollTogether}>
        {SIDES.map(([side, label]) => (
          <figure key={side} class="diagram-side" data-side={side}>
            <figcaption class="diagram-caption">{label}</figcaption>
            <SchemaDiagram side={layout[side]} layout={layout} label={label} />
          </figure>
        ))}
      </div>
      <DiagramLegend />
    </section>
  );
}

// A box has the same position in both drawings, so both scroll to the same offset.
function scrollTogether({ target, currentTarget }: TargetedEvent<HTMLElement>): void {
  if (!(target instanceof HTMLElement)) return;
  for (const other of currentTarget.querySelectorAll(".diagram-scroll")) {
    if (other === target) continue;
    other.scrollLeft = target.scrollLeft;
    other.scrollTop = target.scrollTop;
  }
}
