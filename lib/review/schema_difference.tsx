// Two schemas as a unified difference of their SQL, in colour. Runs anywhere.

import type { JSX } from "preact";
import { printable } from "../printable.ts";

const SIGNS: Readonly<Record<string, "added" | "removed" | "hunk">> = {
  "+": "added",
  "-": "removed",
  "@": "hunk",
};

/** The `schema_diff` of a plan; nothing where the schema stays as it is. */
export function SchemaDifference({ text }: { readonly text: string }): JSX.Element | null {
  if (text === "") return null;
  return (
    <pre class="difference" tabIndex={0} role="group" aria-label="Difference of the schemas"><code>
      {text.replace(/\n$/, "").split("\n").map((line, at) => (
        <span key={at} class="line" data-sign={at < 2 ? "file" : SIGNS[line.charAt(0)] ?? "same"}>
          {`${printable(line)}\n`}
        </span>
      ))}
    </code></pre>
  );
}
