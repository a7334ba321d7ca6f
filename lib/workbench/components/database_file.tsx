// Export, import and backups of a plugin's database. Runs in the browser.

import type { JSX } from "preact";
import { deleteBackup, exportDatabase, importDatabase } from "../state/database_file.ts";
import { useStore } from "../state/store_context.ts";
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
      <Backups plugin={plugin} />
    </section>
  );
}

function Backups({ plugin }: { readonly plugin: string }): JSX.Element | null {
  const store = useStore();
  const { backups } = store.browsing.value;
  if (backups.length === 0) return null;
  return (
    <>
      <h4 id="backups-heading" class="section-heading">Backups</h4>
      <ul class="backups" aria-labelledby="backups-heading">
        {backups.map((backup) => (
          <li key={backup}>
            <code>{backup}</code>
            <button
              type="button"
              class="button button-small"
              aria-label={`Export ${backup}`}
              onClick={() => void exportDatabase(store, plugin, backup)}
            >
              Export
            </button>
            <button
              type="button"
              class="button button-small"
              aria-label={`Delete ${backup}`}
              onClick={() => void deleteBackup(store, plugin, backup)}
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
