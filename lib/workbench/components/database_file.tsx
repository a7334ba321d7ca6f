// Export, import and backups of a plugin's database. Runs in the browser.

import type { JSX } from "preact";
import { exportDatabase, importDatabase } from "../state/database_file.ts";
import { useStore } from "../state/store_context.ts";
import { BackupList } from "./backup_list.tsx";
import { Icon } from "./icon.tsx";

/** Export, import and the list of backups. */
export function DatabaseFile({ plugin }: { readonly plugin: string }): JSX.Element {
  const store = useStore();
  return (
    <section class="database-file" aria-labelledby="file-heading">
      <h3 id="file-heading" class="section-heading">Database file</h3>
      <p class="quiet">
        An ordinary SQLite file. Importing replaces the database, and backs up the previous one
        first.
      </p>
      <div class="row">
        <button type="button" class="button" onClick={() => void exportDatabase(store, plugin)}>
          <Icon name="download" />
          Export
        </button>
        <label class="button file-button">
          <Icon name="upload" />
          Import
          <input
            type="file"
            class="unseen"
            accept=".sqlite3,.sqlite,.db"
            onChange={(event) => {
              const input = event.currentTarget;
              const file = input.files?.[0];
              if (file !== undefined) void importDatabase(store, plugin, file);
              input.value = "";
            }}
          />
        </label>
      </div>
      <BackupList plugin={plugin} />
    </section>
  );
}
