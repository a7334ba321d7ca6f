// The drafts of a plugin: which one is shown, a new one, and discarding one. Runs in the browser.

import type { JSX } from "preact";
import { discardDraft, newDraft, showDraft } from "../state/draft.ts";
import type { Playground } from "../state/store.ts";
import { ShareButton } from "./share_button.tsx";
import { useStore } from "../state/store_context.ts";

/** Drafts that are not saved stay until they are saved or discarded. */
export function DraftBar(
  { plugin, playground }: { readonly plugin: string; readonly playground: Playground },
): JSX.Element {
  const store = useStore();
  const { drafts, open } = playground;
  const draft = drafts.get(open);
  return (
    <div class="row">
      <label class="draft-choice">
        Draft
        <select
          value={open}
          onChange={(event) => showDraft(store, plugin, event.currentTarget.value)}
        >
          {[...drafts].map(([id, { file }]) => <option key={id} value={id}>{file}</option>)}
        </select>
      </label>
      <button type="button" class="button button-small" onClick={() => newDraft(store, plugin)}>
        New draft
      </button>
      <button
        type="button"
        class="button button-small"
        onClick={() => void discardDraft(store, plugin)}
      >
        Discard
      </button>
      {draft !== undefined && <ShareButton plugin={plugin} file={draft.file} text={draft.text} />}
    </div>
  );
}
