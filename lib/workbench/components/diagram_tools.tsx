// The tools above a diagram: what is shown, find, zoom, full screen, save. Runs in the browser.

import type { JSX, RefObject } from "preact";
import type { Signal } from "@preact/signals";
import type { Detail } from "../../diagram/box_size.ts";
import type { Diagram } from "../../diagram/diagram.ts";
import type { DiagramLayout } from "../../diagram/diagram_layout.ts";
import { type DiagramControls, ZOOM_STEP } from "./diagram_controls.ts";
import { Icon, type IconName } from "./icon.tsx";
import { saveDrawings } from "./save_drawings.tsx";
import { Segments } from "./segments.tsx";
import { TableFinder } from "./table_finder.tsx";

/** Which tables are drawn. */
export type Scope = "changes" | "all";

interface DiagramToolsProps {
  readonly diagram: Diagram;
  /** The name of a drawing that is saved, without its extension. */
  readonly name: string;
  /** The element that fills the screen on request, with the drawings in it. */
  readonly whole: RefObject<HTMLDivElement | null>;
  /** `null` where there is no choice. */
  readonly scope: Signal<Scope> | null;
  readonly detail: Detail;
  readonly onScope: () => void;
  readonly onDetail: (detail: Detail) => void;
  /** This and the controls are `null` until there is a layout. */
  readonly layout: DiagramLayout | null;
  readonly controls: DiagramControls | null;
}

const SCOPES = [["changes", "Changes"], ["all", "All"]] as const;

/** A row of tools. */
export function DiagramTools(
  { diagram, name, whole, scope, detail, onScope, onDetail, layout, controls }: DiagramToolsProps,
): JSX.Element {
  return (
    <>
      {scope !== null && (
        <div onChange={onScope}>
          <Segments legend="Tables shown" options={SCOPES} chosen={scope} />
        </div>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={detail === "all"}
          onChange={(event) => onDetail(event.currentTarget.checked ? "all" : "changed")}
        />
        All columns
      </label>
      <TableFinder diagram={diagram} onFind={(id) => controls?.seek(id)} />
      <div class="tool-buttons" role="group" aria-label="View of the diagram">
        <Tool icon="minus" label="Zoom out" onClick={() => controls?.zoom(1 / ZOOM_STEP)} />
        <Tool icon="plus" label="Zoom in" onClick={() => controls?.zoom(ZOOM_STEP)} />
        <Tool icon="fit" label="Show everything" onClick={() => controls?.fit()} />
        {document.fullscreenEnabled && (
          <Tool
            icon="expand"
            label="Full screen"
            onClick={() => void toggleFullScreen(whole)}
          />
        )}
        <Tool
          icon="download"
          label="Save SVG"
          onClick={() => {
            if (whole.current !== null && layout !== null) {
              saveDrawings(whole.current, layout, name);
            }
          }}
        />
      </div>
    </>
  );
}

function Tool({ icon, label, onClick }: {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button type="button" class="tool" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

async function toggleFullScreen({ current }: RefObject<HTMLDivElement | null>): Promise<void> {
  if (document.fullscreenElement !== null) await document.exitFullscreen();
  else await current?.requestFullscreen();
}
