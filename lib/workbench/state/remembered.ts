// Stores preferences of the user; never credentials. Runs in the browser.

// A browser that stores nothing for a site throws on access to the storage:
// https://html.spec.whatwg.org/multipage/webstorage.html#dom-localstorage

/** Reads a preference; `null` if there is none. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Stores a preference, if the browser allows it. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // The default applies next time.
  }
}
