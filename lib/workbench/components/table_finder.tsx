// Finds a table of a diagram by name; the slash key leads to it. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import type { Diagram } from "../../diagram/diagram.ts";
import { allBoxes, findBox } from "../../diagram/find_box.ts";

interface TableFinderProps {
  readonly diagram: Diagram;
  readonly onFind: (id: string) => void;
}

/** A search with the names of all tables and views as suggestions. */
export function TableFinder({ diagram, onFind }: TableFinderProps): JSX.Element {
  const names = useId();
  const field = useRef<HTMLInputElement>(null);
  const isMissed = useSignal(false);
  useEffect(() => {
    const listening = new AbortController();
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isTyped(event)) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    }, { signal: listening.signal });
    return () => listening.abort();
  }, []);
  const find = (query: string, isExact: boolean): void => {
    const found = findBox(diagram, query);
    const isWanted = !isExact || found?.name === query;
    isMissed.value = !isExact && found === null;
    if (found !== null && isWanted) onFind(found.id);
  };
  return (
    <>
      <input
        ref={field}
        type="search"
        class="table-finder"
        aria-label="Find a table"
        aria-keyshortcuts="/"
        placeholder="Find a table  /"
        list={names}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={isMissed.value}
        // A suggestion that is chosen arrives as an input.
        onInput={(event) => find(event.currentTarget.value, true)}
        onKeyDown={(event) => {
          if (event.key === "Enter") find(event.currentTarget.value, false);
        }}
      />
      <datalist id={names}>
        {allBoxes(diagram).map(({ id, name }) => <option key={id} value={name} />)}
      </datalist>
      {isMissed.value && <span class="problem-text" role="status">No such table</span>}
    </>
  );
}

/** Whether a key is typed into a field or an editor, which may be in a shadow tree. */
function isTyped(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select"));
}
