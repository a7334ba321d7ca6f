// The name and state of a plugin. Runs in the browser.

import type { JSX } from "preact";
import type { PluginEntry } from "../../browser/sandbox.ts";
import { count } from "../model/words.ts";
import { deleteFiles } from "../state/files.ts";
import { goTo } from "../state/navigate.ts";
import { useStore } from "../state/store_context.ts";
import { Icon } from "./icon.tsx";
import { MainJob } from "./main_job.tsx";

const ORIGINS: Readonly<Record<PluginEntry["origin"], string>> = {
  bundle: "from a bundle",
  http: "from the server",
  saved: "saved here",
};

/** Name, version, number of pending migrations, and origin of the files. */
export function PluginHead({ entry }: { readonly entry: PluginEntry }): JSX.Element {
  const store = useStore();
  const status = store.status.value;
  const reply = store.statuses.value.get(entry.name);
  return (
    <header class="plugin-head">
      <h2 class="plugin-title">{entry.name}</h2>
      <ul class="facts" aria-label={`State of ${entry.name}`}>
        <li>
          {status === null ? "Version …" : (
            <>
              Version <strong>{status.current_version}</strong>
            </>
          )}
        </li>
        <li>{status === null ? "…" : pendingWords(status.pending_count)}</li>
        <li>{ORIGINS[entry.origin]}</li>
        {store.seen.value === entry.name && <li class="seen">as last seen, checking …</li>}
      </ul>
      {entry.origin === "saved" && (
        <button
          type="button"
          class="button button-small"
          onClick={() => void deleteFiles(store, entry.name)}
        >
          Delete files
        </button>
      )}
      <MainJob plugin={entry.name} />
      {reply?.success === false && (
        <p class="notice" data-level="error" role="alert">
          <Icon name="cross" />
          <span>
            {reply.message}
            {reply.error_code === "DATABASE_UNAVAILABLE" && (
              <>
                {". "}
                <button type="button" class="link" onClick={() => goTo(store, { view: "data" })}>
                  Show its backups
                </button>
              </>
            )}
          </span>
        </p>
      )}
    </header>
  );
}

function pendingWords(pending: number): string {
  return pending === 0 ? "Nothing pending" : `${count(pending, "migration")} pending`;
}
