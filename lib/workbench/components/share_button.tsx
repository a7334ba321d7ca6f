// Copies a link to the files of a plugin. Runs in the browser.

import type { JSX } from "preact";
import { copyShareLink } from "../state/share.ts";
import { useStore } from "../state/store_context.ts";

interface ShareButtonProps {
  readonly plugin: string;
  /** The file to show first. */
  readonly file: string;
  readonly text: string;
}

/** The link has the files in it, in the part of an address that no server sees. */
export function ShareButton({ plugin, file, text }: ShareButtonProps): JSX.Element {
  const store = useStore();
  return (
    <button
      type="button"
      class="button button-small"
      onClick={() => void copyShareLink(store, plugin, { file, text })}
    >
      Share
    </button>
  );
}
