// Renders a unified difference in the colours of `git diff`.

import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";

/** Renders a difference, line by line. */
export function renderDiff(diff: string, colors: Colors): string {
  return diff.replace(/\n$/, "").split("\n").map((line, index) => {
    const text = printable(line);
    if (index < 2) return colors.bold(text);
    if (line.startsWith("@@")) return colors.cyan(text);
    if (line.startsWith("+")) return colors.green(text);
    return line.startsWith("-") ? colors.red(text) : text;
  }).join("\n");
}
