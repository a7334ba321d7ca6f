// The difference of two texts in the form of `diff -u`. Pure; runs anywhere.

import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/** What the two texts are called in the head of the difference. */
export interface DiffNames {
  readonly before: string;
  readonly after: string;
}

// The search takes the square of the edits. Texts that differ more have little in common to show.
const MAX_EDITS = 4_000;
const CONTEXT_LINES = 3;

/** The unified difference of two texts, each of whose lines ends in a line feed; empty if equal. */
export function unifiedDiff(before: string, after: string, names: DiffNames): string {
  if (before === after) return "";
  const options = { context: CONTEXT_LINES, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(names.before, names.after, before, after, undefined, undefined, {
    ...options,
    maxEditLength: MAX_EDITS,
  }) ?? replaceAll(before, after, names);
}

function replaceAll(before: string, after: string, names: DiffNames): string {
  const removed = linesOf(before);
  const added = linesOf(after);
  return [
    `--- ${names.before}`,
    `+++ ${names.after}`,
    `@@ -${rangeOf(removed)} +${rangeOf(added)} @@`,
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    "",
  ].join("\n");
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function rangeOf(lines: readonly string[]): string {
  return `${lines.length === 0 ? 0 : 1},${lines.length}`;
}
