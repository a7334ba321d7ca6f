// The rows of a plugin: tables, a prompt, and the database as a file. Runs in the browser.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { openHistory } from "../state/prompt.ts";
import { useStore } from "../state/store_context.ts";
import { DatabaseFile } from "./database_file.tsx";
import { RunResult } from "./run_result.tsx";
import { SqlPrompt } from "./sql_prompt.tsx";
import { TableList } from "./table_list.tsx";
import { TableRows } from "./table_rows.tsx";

/** A plugin's data. */
export function DataView({ plugin }: { readonly plugin: string }): JSX.Element {
  const store = useStore();
  const shown = store.outcomes.value.get(plugin);
  useEffect(() => openHistory(store, plugin), [plugin]);
  return (
    <div class="data">
      {shown?.outcome.kind === "restore" && <RunResult plugin={plugin} shown={shown} />}
      <div class="browser">
        <TableList />
        <div class="browser-work">
          <SqlPrompt plugin={plugin} />
          <TableRows />
        </div>
      </div>
      <DatabaseFile plugin={plugin} />
    </div>
  );
}
