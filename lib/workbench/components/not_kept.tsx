// Says that a draft would be lost. Runs in the browser.

import type { JSX } from "preact";

/** Shown beside a draft that the browser does not keep. */
export function NotKept(): JSX.Element {
  return (
    <p class="problem-text" role="status">
      The browser does not keep this draft: it is too large, or storage is off. Save it before you
      leave the page.
    </p>
  );
}
