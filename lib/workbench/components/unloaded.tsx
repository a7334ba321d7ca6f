// A part of the page that could not be loaded. Runs in the browser.

import type { JSX } from "preact";

/** Names the part, and offers to load the page again, which keeps every draft. */
export function Unloaded({ message }: { readonly message: string }): JSX.Element {
  return (
    <p class="problem-text" role="alert">
      {message}{" "}
      <button type="button" class="button button-small" onClick={() => location.reload()}>
        Try again
      </button>
    </p>
  );
}
