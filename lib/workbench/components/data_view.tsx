// The rows of a plugin: tables, a prompt, and the database as a file. Runs in the browser.

import type { JSX } from "preact";
import { DatabaseFile } from "./database_file.tsx";
import { SqlPrompt } from "./sql_prompt.tsx";
import { TableBrowser } from "./table_browser.tsx";

/** A plugin's data. */
export function DataView({ plugin }: { readonly plugin: string }): JSX.Element {
  return (
    <div class="data">
      <TableBrowser />
      <SqlPrompt />
      <DatabaseFile plugin={plugin} />
    </div>
  );
}
