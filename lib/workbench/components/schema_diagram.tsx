// Both drawings of a schema change, and what zooms, finds and saves them. Runs in the browser.

import type { JSX } from "preact";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Detail } from "../../diagram/box_size.ts";
import { type Diagram, SIDES } from "../../diagram/diagram.ts";
import type { DiagramLayout } from "../../diagram/diagram_layout.ts";
import { allBoxes } from "../../diagram/find_box.ts";
import { defaultDetail, focusedDiagram, isLarge } from "../../diagram/focused_diagram.ts";
import type { Size } from "../../diagram/sheet.ts";
import type { View } from "../../diagram/view.ts";
import type { Outcome } from "../../outcome.ts";
import { layoutOffThread } from "../state/page_worker.ts";
import { controlsOf, firstView, type Selected, viewOfBox } from "./diagram_controls.ts";
import { DiagramFrame } from "./diagram_frame.tsx";
import { DiagramTools, type Scope } from "./diagram_tools.tsx";
import { Segments } from "./segments.tsx";
import { SelectedTable } from "./selected_table.tsx";
import { Unloaded } from "./unloaded.tsx";

interface SchemaDiagramProps {
  readonly diagram: Diagram;
  /** The name of a drawing that is saved, without its extension. */
  readonly name: string;
  readonly selected: Signal<Selected | null>;
  readonly onRows: (table: string) => void;
}

// Of a large drawing, no more than this is shown at a time.
const HEIGHT = { least: 128, most: 560 };
const PADDING = 12;

/** A large diagram begins with what changes. On a narrow page, the user selects one drawing. */
export function SchemaDiagram(
  { diagram, name, selected, onRows }: SchemaDiagramProps,
): JSX.Element {
  const whole = useRef<HTMLDivElement>(null);
  const frames = useRef<HTMLDivElement>(null);
  const scope = useSignal<Scope>("changes");
  const chosen = useSignal<Detail | null>(null);
  const side = useSignal<"before" | "after">("after");
  const view = useSignal<View>({ x: 0, y: 0, scale: 1 });
  const frame = useSignal<Size>({ width: 0, height: 0 });
  const measured = useSignal<Size>({ width: 0, height: 0 });
  const isMoved = useSignal(false);
  const focused = useMemo(() => isLarge(diagram) ? focusedDiagram(diagram) : null, [diagram]);
  const hasScopes = focused !== null && allBoxes(focused).length < allBoxes(diagram).length;
  const isFocused = hasScopes && scope.value === "changes";
  const drawn = isFocused ? focused : diagram;
  const detail = chosen.value ?? defaultDetail(drawn);
  const placed = useLayout(drawn, detail);
  const layout = placed?.ok === true ? placed.value : null;
  const state = useMemo(
    () => ({ view, selected, frame, isMoved, isLarge: isLarge(diagram) }),
    [selected, diagram],
  );
  const controls = useMemo(
    () => layout === null ? null : controlsOf(state, layout),
    [state, layout],
  );
  // Before there is a drawing, so that none is laid out only to be measured.
  useLayoutEffect(() => {
    const { current: element } = frames;
    if (element === null) return;
    const measure = (): void => {
      measured.value = sizeOfFrames(element) ?? measured.value;
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const { width, height } = measured.value;
    if (layout === null || width === 0) return;
    const isFull = document.fullscreenElement !== null;
    frame.value = { width, height: isFull ? height : heightOf(layout, width) };
    frames.current?.style.setProperty("--frame-height", `${heightOf(layout, width)}px`);
  }, [layout, measured.value]);
  useLayoutEffect(() => {
    if (layout === null || frame.value.width === 0) return;
    if (!isMoved.value) view.value = firstView(layout, frame.value, !isFocused);
  }, [layout, frame.value]);
  useEffect(() => {
    if (selected.value?.isSought !== true || layout === null) return;
    const shown = viewOfBox(layout, selected.value.id, view.value);
    if (shown === null) {
      scope.value = "all";
      return;
    }
    isMoved.value = true;
    view.value = shown;
  }, [selected.value, layout]);
  const restart = (): void => {
    isMoved.value = false;
    selected.value = null;
  };
  if (placed?.ok === false) return <Unloaded message={placed.message} />;
  return (
    <div class="schema-diagram" ref={whole}>
      <div class="diagram-bar">
        <Segments legend="Schema shown" options={SIDES} chosen={side} class="narrow-only" />
        <DiagramTools
          diagram={diagram}
          name={name}
          whole={whole}
          scope={hasScopes ? scope : null}
          detail={detail}
          onScope={restart}
          onDetail={(wanted) => {
            chosen.value = wanted;
            restart();
          }}
          layout={layout}
          controls={controls}
        />
      </div>
      <div
        class="diagrams"
        ref={frames}
        data-shown={side.value}
        data-empty={SIDES.find(([each]) => diagram[each].boxes.length === 0)?.[0]}
      >
        {SIDES.map(([each, label]) => (
          <figure key={each} class="diagram-side" data-side={each}>
            <figcaption class="diagram-caption">{label}</figcaption>
            {layout === null || controls === null ? <div class="diagram-frame" /> : (
              <DiagramFrame
                label={label}
                side={layout[each]}
                layout={layout}
                state={state}
                controls={controls}
              />
            )}
          </figure>
        ))}
      </div>
      <SelectedTable diagram={diagram} selected={selected} onRows={onRows} />
    </div>
  );
}

/** The last layout, while the next one is made. */
function useLayout(diagram: Diagram, detail: Detail): Outcome<DiagramLayout> | null {
  const placed = useSignal<Outcome<DiagramLayout> | null>(null);
  useEffect(() => {
    let isLatest = true;
    void layoutOffThread(diagram, detail).then((outcome) => {
      if (isLatest) placed.value = outcome;
    });
    return () => isLatest = false;
  }, [diagram, detail]);
  return placed.value;
}

/** The size of the larger frame; `null` if none is visible. */
function sizeOfFrames(element: HTMLElement): Size | null {
  const [largest] = [...element.querySelectorAll(".diagram-frame")]
    .map(({ clientWidth: width, clientHeight: height }) => ({ width, height }))
    .sort((one, other) => other.width - one.width);
  return largest === undefined || largest.width === 0 ? null : largest;
}

/** How high the frames are: as the layout needs, within limits. */
function heightOf(layout: DiagramLayout, width: number): number {
  const scale = Math.min((width - 2 * PADDING) / layout.width, 1);
  const natural = layout.height * scale + 2 * PADDING;
  return Math.ceil(Math.min(Math.max(natural, HEIGHT.least), HEIGHT.most));
}
