// Copies the rows that are shown. Runs in the browser.

import type { JSX } from "preact";
import { type CopiedRows, COPY_FORMATS, rowsText } from "../model/rows_text.ts";
import { count } from "../model/words.ts";
import { copyText } from "../state/copy.ts";
import { useStore } from "../state/store_context.ts";

/** One button for each format. */
export function CopyRows({ rows }: { readonly rows: CopiedRows }): JSX.Element {
  const store = useStore();
  const what = count(rows.rows.length, "row");
  return (
    <div class="row" role="group" aria-label="Copy these rows">
      <span class="quiet" aria-hidden="true">Copy as</span>
      {COPY_FORMATS.map((format) => (
        <button
          key={format}
          type="button"
          class="button button-small"
          aria-label={`Copy as ${format}`}
          onClick={() => void copyText(store, rowsText(format, rows), `${what} as ${format}`)}
        >
          {format}
        </button>
      ))}
    </div>
  );
}
