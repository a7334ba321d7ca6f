// The migrations in order, after the empty database. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { findSteps, MOST_WHOLE_STEPS } from "../model/timeline_search.ts";
import { goTo } from "../state/navigate.ts";
import { BEGINNING } from "../state/store.ts";
import { useStore } from "../state/store_context.ts";
import { TimelineItem } from "./timeline_item.tsx";
import { TimelineTools } from "./timeline_tools.tsx";

/** A list with one selected step. Arrow keys move the selection, Enter moves focus to the step. */
export function Timeline(): JSX.Element {
  const store = useStore();
  const list = useRef<HTMLOListElement>(null);
  const query = useSignal("");
  const steps = store.timeline.value;
  const isCompact = steps.length > MOST_WHOLE_STEPS;
  const isWhole = query.value.trim() === "" || !isCompact;
  const found = isWhole ? steps : findSteps(steps, query.value);
  const keys = [...(isWhole ? [BEGINNING] : []), ...found.map(({ key }) => key)];
  const shown = store.missingStep.value ?? store.step.value?.key ?? BEGINNING;
  // The one that Tab leads to.
  const reached = keys.includes(shown) ? shown : keys[0];
  useEffect(() => {
    // Scroll the timeline alone. The page keeps its position.
    const frame = list.current?.closest(".migrations-timeline");
    const item = list.current?.querySelector("[aria-current]")?.parentElement;
    if (frame == null || item == null) return;
    const { top: edge, bottom } = frame.getBoundingClientRect();
    const top = edge + (frame.querySelector(".timeline-tools")?.clientHeight ?? 0);
    const box = item.getBoundingClientRect();
    if (box.top < top) frame.scrollTop -= top - box.top;
    else if (box.bottom > bottom) frame.scrollTop += box.bottom - bottom;
  }, [shown, steps]);
  const move = (event: KeyboardEvent): void => {
    const index = keys.indexOf(shown);
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: keys.length - 1 }[
      event.key
    ];
    if (target === undefined) return;
    event.preventDefault();
    const key = keys[Math.min(Math.max(target, 0), keys.length - 1)];
    if (key === undefined) return;
    goTo(store, { step: key });
    list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  const open = (key: string): void => {
    goTo(store, { step: key });
    document.getElementById("step-heading")?.focus();
  };
  return (
    <section aria-labelledby="timeline-heading">
      <div class="section-bar">
        <h3 id="timeline-heading" class="section-heading">Timeline</h3>
        <button type="button" class="link" onClick={() => goTo(store, { view: "schema" })}>
          New from schema
        </button>
      </div>
      <TimelineTools steps={steps} shown={shown} query={query} onOpen={open} />
      <ol class="timeline" data-compact={isCompact} ref={list} onKeyDown={move}>
        {isWhole && (
          <li class="timeline-entry">
            <button
              type="button"
              class="timeline-item"
              data-key={BEGINNING}
              data-state="beginning"
              aria-current={shown === BEGINNING ? "step" : undefined}
              tabIndex={reached === BEGINNING ? 0 : -1}
              onClick={() => open(BEGINNING)}
            >
              <span class="timeline-sign" aria-hidden="true" />
              <span class="timeline-title">Empty database</span>
            </button>
          </li>
        )}
        {found.map((step) => (
          <TimelineItem
            key={step.key}
            step={step}
            isShown={step.key === shown}
            isReached={step.key === reached}
            isCompact={isCompact}
            onOpen={() => open(step.key)}
          />
        ))}
      </ol>
      {found.length === 0 && steps.length > 0 && (
        <p class="quiet" role="status">No migration matches</p>
      )}
      {steps.length === 0 && store.report.value !== null && <p class="quiet">No migrations</p>}
    </section>
  );
}
