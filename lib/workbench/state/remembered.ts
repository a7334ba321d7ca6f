// Stores preferences and drafts of the user in the browser; never credentials. Runs in the browser.

// A browser that stores nothing for a site throws on access to the storage:
// https://html.spec.whatwg.org/multipage/webstorage.html#dom-localstorage

/** Reads what is stored under a name; `null` if there is nothing. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Stores a value; returns whether the browser has it now. */
export function remember(name: string, value: string): boolean {
  try {
    localStorage.setItem(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Deletes what is stored under a name. */
export function forget(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Then it has stored nothing.
  }
}
