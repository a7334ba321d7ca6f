// Completes SQL: keywords, and the names of a schema. Loaded on demand; runs in the browser.

import { autocompletion } from "@codemirror/autocomplete";
import { sql, SQLite } from "@codemirror/lang-sql";
import type { Extension } from "@codemirror/state";

/** The language with completion; tables and views with their columns. */
export function completion(names: Readonly<Record<string, readonly string[]>>): Extension {
  // A dot in a key would separate a schema from a table.
  const schema = Object.fromEntries(
    Object.entries(names).map(([name, columns]) => [name.replace(/[\\.]/g, "\\$&"), columns]),
  );
  return [
    sql({ dialect: SQLite, upperCaseKeywords: true, schema }),
    autocompletion({ icons: false, maxRenderedOptions: 50 }),
  ];
}
