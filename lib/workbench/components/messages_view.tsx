// Requests and replies of the wire contract. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useStore } from "../state/store_context.ts";
import { WireEntry } from "./wire_entry.tsx";

/** Requests with their replies, newest first. */
export function MessagesView({ plugin }: { readonly plugin: string }): JSX.Element {
  const store = useStore();
  const isForAll = useSignal(false);
  const hasStatus = useSignal(true);
  const isPaused = store.isLogPaused.value;
  const shown = store.exchanges.value.filter((exchange) =>
    (isForAll.value || exchange.plugin === plugin) &&
    (hasStatus.value || exchange.verb !== "status")
  ).toReversed();
  return (
    <section class="messages" aria-labelledby="messages-heading">
      <div class="section-bar">
        <h3 id="messages-heading" class="section-heading">Messages</h3>
        <label class="check">
          <input
            type="checkbox"
            checked={isForAll.value}
            onChange={(event) => isForAll.value = event.currentTarget.checked}
          />
          All plugins
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={hasStatus.value}
            onChange={(event) => hasStatus.value = event.currentTarget.checked}
          />
          Status requests
        </label>
        <button
          type="button"
          class="button button-small"
          aria-pressed={isPaused}
          onClick={() => store.isLogPaused.value = !isPaused}
        >
          Pause
        </button>
        <button
          type="button"
          class="button button-small"
          onClick={() => store.exchanges.value = []}
        >
          Clear
        </button>
      </div>
      {shown.length === 0
        ? <p class="quiet">{isPaused ? "Paused" : "No messages yet"}</p>
        : (
          <ol class="wire" aria-label="Messages, newest first">
            {shown.map((exchange) => <WireEntry key={exchange.id} exchange={exchange} />)}
          </ol>
        )}
    </section>
  );
}
