// The table that is selected in a diagram: its foreign keys, and the way to its rows. Runs in the
// browser.

import type { JSX } from "preact";
import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Diagram } from "../../diagram/diagram.ts";
import { allBoxes, type Connection, connectionsOf } from "../../diagram/find_box.ts";
import type { Selected } from "./diagram_controls.ts";

interface SelectedTableProps {
  readonly diagram: Diagram;
  readonly selected: Signal<Selected | null>;
  readonly onRows: (table: string) => void;
}

// The rest is lit in the drawing.
const MOST_SHOWN = 12;

/** Nothing where no table is selected. */
export function SelectedTable(
  { diagram, selected, onRows }: SelectedTableProps,
): JSX.Element | null {
  const section = useRef<HTMLElement>(null);
  const box = allBoxes(diagram).find(({ id }) => id === selected.value?.id);
  useEffect(() => section.current?.scrollIntoView({ block: "nearest" }), [box?.id]);
  if (box === undefined) return null;
  const { parents, children } = connectionsOf(diagram, box.id);
  const select = (id: string): void => {
    selected.value = { id, isSought: true };
  };
  return (
    <section ref={section} class="selected-table" aria-label="Selected table">
      <p role="status">
        <strong>{box.name}</strong> <span class="quiet">{box.kind}</span>
      </p>
      <ConnectionList label="refers to" connections={parents} onSelect={select} />
      <ConnectionList label="referred to by" connections={children} onSelect={select} />
      <div class="row">
        <button type="button" class="button button-small" onClick={() => onRows(box.name)}>
          Open its rows
        </button>
        <button
          type="button"
          class="button button-small"
          onClick={() => selected.value = null}
        >
          Deselect
        </button>
      </div>
    </section>
  );
}

function ConnectionList({ label, connections, onSelect }: {
  readonly label: string;
  readonly connections: readonly Connection[];
  readonly onSelect: (id: string) => void;
}): JSX.Element | null {
  if (connections.length === 0) return null;
  const shown = connections.slice(0, MOST_SHOWN);
  return (
    <p class="connections">
      <span class="quiet">{label}</span>{" "}
      {shown.map(({ id, name, columns }) => (
        <span key={`${id} ${columns}`}>
          <button type="button" class="link" onClick={() => onSelect(id)}>{name}</button>
          <span class="quiet">({columns})</span>
        </span>
      ))}
      {connections.length > shown.length && (
        <span class="quiet">and {connections.length - shown.length} more</span>
      )}
    </p>
  );
}
