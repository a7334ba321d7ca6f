// Finds steps of the timeline: by words, and the next one of a kind. Pure; runs anywhere.

import { STATE_LABELS, type TimelineStep } from "./timeline.ts";
import { padVersion } from "./words.ts";

/** Beyond this number of steps, the timeline is compact and can be searched. */
export const MOST_WHOLE_STEPS = 20;

/** The steps in whose number, title, file or state every word of a query is. */
export function findSteps(
  steps: readonly TimelineStep[],
  query: string,
): readonly TimelineStep[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return steps;
  return steps.filter(({ version, title, file, state }) => {
    const number = version === null ? "" : padVersion(version);
    const text = `${number} ${title} ${file} ${STATE_LABELS[state]}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The next step of a kind after the one with a key, from the beginning again after the last. */
export function nextStep(
  steps: readonly TimelineStep[],
  key: string,
  isWanted: (step: TimelineStep) => boolean,
): TimelineStep | null {
  const index = steps.findIndex((step) => step.key === key);
  return [...steps.slice(index + 1), ...steps.slice(0, index + 1)].find(isWanted) ?? null;
}

/** Whether a step waits for an apply. */
export function isPending({ state }: TimelineStep): boolean {
  return state === "pending" || state === "failed";
}

/** Whether a step has an error, now or in its last attempt. */
export function hasError({ error, findings }: TimelineStep): boolean {
  return error !== null || findings.some(({ level }) => level === "ERROR");
}
