// The tabs of a plugin's views. Runs in the browser.

import type { JSX } from "preact";
import { type View, VIEWS } from "../model/route.ts";
import { goTo } from "../state/navigate.ts";
import { useStore } from "../state/store_context.ts";

const LABELS: Readonly<Record<View, string>> = {
  migrations: "Migrations",
  data: "Data",
  history: "History",
  playground: "Playground",
  schema: "Schema",
  messages: "Messages",
  page: "Plugin page",
};

/** One tab for each view; arrow keys move between them. */
export function ViewTabs({ hasPage }: { readonly hasPage: boolean }): JSX.Element {
  const store = useStore();
  const shown = store.route.value.view;
  const views = VIEWS.filter((view) => view !== "page" || hasPage);
  const move = (event: KeyboardEvent): void => {
    const index = views.indexOf(shown);
    const next = nextIndex(event.key, index, views.length);
    const view = next === null ? undefined : views[next];
    if (view === undefined) return;
    event.preventDefault();
    goTo(store, { view });
    document.getElementById(`tab-${view}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views" onKeyDown={move}>
      {views.map((view) => (
        <button
          key={view}
          type="button"
          class="tab"
          role="tab"
          id={`tab-${view}`}
          aria-selected={view === shown}
          aria-controls="view-panel"
          tabIndex={view === shown ? 0 : -1}
          onClick={() => goTo(store, { view })}
        >
          {LABELS[view]}
        </button>
      ))}
    </div>
  );
}

function nextIndex(key: string, index: number, length: number): number | null {
  switch (key) {
    case "ArrowRight":
      return (index + 1) % length;
    case "ArrowLeft":
      return (index + length - 1) % length;
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return null;
  }
}
