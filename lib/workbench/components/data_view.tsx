// The rows of a plugin: tables, a prompt, and the database as a file. Runs in the browser.

import type { JSX } from "preact";
import { useStore } from "../state/store_context.ts";
import { DatabaseFile } from "./database_file.tsx";
import { RunResult } from "./run_result.tsx";
import { SqlPrompt } from "./sql_prompt.tsx";
import { TableBrowser } from "./table_browser.tsx";

/** A plugin's data. */
export function DataView({ plugin }: { readonly plugin: string }): JSX.Element {
  const shown = useStore().outcomes.value.get(plugin);
  return (
    <div class="data">
      {shown?.outcome.kind === "restore" && <RunResult plugin={plugin} shown={shown} />}
      <TableBrowser />
      <SqlPrompt />
      <DatabaseFile plugin={plugin} />
    </div>
  );
}
