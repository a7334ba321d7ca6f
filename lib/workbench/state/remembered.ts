// What the page remembers of a person's choices; never a secret. Runs in the browser.

// A browser that keeps nothing for a site refuses the storage itself:
// https://html.spec.whatwg.org/multipage/webstorage.html#dom-localstorage

/** Reads what was remembered; `null` for nothing. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Remembers a choice, where the browser lets the page. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It is asked for again next time.
  }
}
