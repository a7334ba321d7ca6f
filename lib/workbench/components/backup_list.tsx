// The backups of a plugin's database. Runs in the browser.

import type { JSX } from "preact";
import type { BackupEntry } from "../../message/backup_reply.ts";
import { describeBackup } from "../model/backup_words.ts";
import { describeProgress } from "../model/run_progress.ts";
import { deleteBackup, exportDatabase } from "../state/database_file.ts";
import { makeBackup, restoreBackup } from "../state/restore.ts";
import { useStore } from "../state/store_context.ts";
import { CancelButton } from "./cancel_button.tsx";

/** Backups, newest first, each with what can be done with it. */
export function BackupList({ plugin }: { readonly plugin: string }): JSX.Element {
  const store = useStore();
  const { backups, backupsProblem } = store.browsing.value;
  const progress = store.running.value.get(plugin);
  return (
    <>
      <div class="section-bar backups-bar">
        <h4 id="backups-heading" class="section-heading">Backups</h4>
        <button
          type="button"
          class="button button-small"
          aria-disabled={store.isBusy(plugin)}
          onClick={() => !store.isBusy(plugin) && void makeBackup(store, plugin)}
        >
          Back up now
        </button>
        <p class="quiet" role="status">
          {progress === undefined ? "" : describeProgress(progress)}
        </p>
        <CancelButton plugin={plugin} />
      </div>
      {backupsProblem !== null && <p class="problem-text">{backupsProblem}</p>}
      {backups.length === 0 && backupsProblem === null && <p class="quiet">None yet</p>}
      <ul class="backups" aria-labelledby="backups-heading">
        {backups.map((backup) => <BackupItem key={backup.name} plugin={plugin} backup={backup} />)}
      </ul>
    </>
  );
}

function BackupItem(
  { plugin, backup }: { readonly plugin: string; readonly backup: BackupEntry },
): JSX.Element {
  const store = useStore();
  const { name, problem } = backup;
  const isBusy = store.isBusy(plugin);
  return (
    <li>
      <div class="backup-facts">
        <p>{describeBackup(backup).join(" · ")}</p>
        <code class="quiet">{name}</code>
        {problem !== null && <p class="problem-text">{problem}</p>}
      </div>
      <div class="row">
        <button
          type="button"
          class="button button-small"
          aria-label={`Restore ${name}`}
          aria-disabled={isBusy}
          onClick={() => {
            if (isBusy) return;
            const restore = { backup: name, title: "Restore a backup", version: null };
            void restoreBackup(store, plugin, restore);
          }}
        >
          Restore
        </button>
        <button
          type="button"
          class="button button-small"
          aria-label={`Export ${name}`}
          onClick={() => void exportDatabase(store, plugin, name)}
        >
          Export
        </button>
        <button
          type="button"
          class="button button-small"
          aria-label={`Delete ${name}`}
          onClick={() => void deleteBackup(store, plugin, name)}
        >
          Delete
        </button>
      </div>
    </li>
  );
}
