// A unified difference of two texts of SQL, in colour. Runs anywhere.

import type { JSX } from "preact";
import { printable } from "../printable.ts";

const SIGNS: Readonly<Record<string, "added" | "removed" | "hunk">> = {
  "+": "added",
  "-": "removed",
  "@": "hunk",
};

interface SchemaDifferenceProps {
  readonly text: string;
  /** What it is a difference of, for screen readers. */
  readonly label?: string;
}

/** The `schema_diff` of a plan, or another one; nothing where there is none. */
export function SchemaDifference(
  { text, label = "Difference of the schemas" }: SchemaDifferenceProps,
): JSX.Element | null {
  if (text === "") return null;
  return (
    <pre class="difference" tabIndex={0} role="group" aria-label={label}><code>
      {text.replace(/\n$/, "").split("\n").map((line, at) => (
        <span key={at} class="line" data-sign={at < 2 ? "file" : SIGNS[line.charAt(0)] ?? "same"}>
          {`${printable(line)}\n`}
        </span>
      ))}
    </code></pre>
  );
}
