// Copies a text to the clipboard. Runs in the browser.

import type { JSX } from "preact";
import { copyText } from "../state/copy.ts";
import { useStore } from "../state/store_context.ts";
import { Icon } from "./icon.tsx";

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, in a word. */
  readonly what: string;
}

/** Says on the page what became of it. */
export function CopyButton({ text, what }: CopyButtonProps): JSX.Element {
  const store = useStore();
  return (
    <button
      type="button"
      class="button button-small"
      onClick={() => void copyText(store, text, `the ${what}`)}
    >
      <Icon name="copy" />
      Copy <span class="unseen">the {what}</span>
    </button>
  );
}
