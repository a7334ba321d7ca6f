// Finds steps of the timeline: a search, and jumps. Runs in the browser.

import type { JSX } from "preact";
import type { Signal } from "@preact/signals";
import type { TimelineStep } from "../model/timeline.ts";
import {
  findSteps,
  hasError,
  isPending,
  MOST_WHOLE_STEPS,
  nextStep,
} from "../model/timeline_search.ts";

interface TimelineToolsProps {
  readonly steps: readonly TimelineStep[];
  /** The key of the step that is shown. */
  readonly shown: string;
  readonly query: Signal<string>;
  readonly onOpen: (key: string) => void;
}

/** Nothing in a short timeline without errors. */
export function TimelineTools(
  { steps, shown, query, onOpen }: TimelineToolsProps,
): JSX.Element | null {
  const isLong = steps.length > MOST_WHOLE_STEPS;
  const errors = steps.filter(hasError).length;
  const pending = steps.filter(isPending).length;
  if (!isLong && errors === 0) return null;
  const jump = (isWanted: (step: TimelineStep) => boolean): void => {
    const step = nextStep(steps, shown, isWanted);
    if (step === null) return;
    // What is jumped to may not match.
    query.value = "";
    onOpen(step.key);
  };
  return (
    <div class="timeline-tools">
      {isLong && (
        <input
          type="search"
          class="timeline-search"
          aria-label="Find a migration"
          placeholder="Find a migration"
          value={query.value}
          onInput={(event) => query.value = event.currentTarget.value}
          onKeyDown={(event) => {
            const [first] = findSteps(steps, query.value);
            if (event.key === "Enter" && first !== undefined) onOpen(first.key);
          }}
        />
      )}
      <div class="row">
        {isLong && pending > 0 && (
          <button
            type="button"
            class="button button-small"
            onClick={() => jump(isPending)}
          >
            Next pending ({pending})
          </button>
        )}
        {errors > 0 && (
          <button
            type="button"
            class="button button-small"
            onClick={() => jump(hasError)}
          >
            Next error ({errors})
          </button>
        )}
      </div>
    </div>
  );
}
