// The difference of two texts in the form of `diff -u`. Pure; runs anywhere.

import { structuredPatch } from "diff";

/** What the two texts are called in the head of the difference. */
export interface DiffNames {
  readonly before: string;
  readonly after: string;
}

/** Lines that follow each other, with some that are in both texts around the changes. */
interface Hunk {
  /** Where it begins, from 1, and how many lines it has. */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** Each with a space, a minus or a plus before it. */
  readonly lines: readonly string[];
}

// The search takes the square of the edits. Texts that differ more have little in common to show.
const MAX_EDITS = 4_000;
const CONTEXT_LINES = 3;

/** The unified difference of two texts, each of whose lines ends in a line feed; empty if equal. */
export function unifiedDiff(before: string, after: string, names: DiffNames): string {
  if (before === after) return "";
  const patch = structuredPatch("", "", before, after, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_EDITS,
  });
  const hunks = patch?.hunks ?? [everything(before, after)];
  return [
    `--- ${names.before}`,
    `+++ ${names.after}`,
    ...hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${rangeOf(oldStart, oldLines)} +${rangeOf(newStart, newLines)} @@`,
      ...lines,
    ]),
    "",
  ].join("\n");
}

// The range of no lines begins at the line before them.
function rangeOf(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function everything(before: string, after: string): Hunk {
  const removed = linesOf(before);
  const added = linesOf(after);
  return {
    oldStart: 1,
    oldLines: removed.length,
    newStart: 1,
    newLines: added.length,
    lines: [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)],
  };
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
