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

/** Reads everything whose name begins with a prefix, by the rest of the name. */
export function recallAll(prefix: string): ReadonlyMap<string, string> {
  try {
    return new Map(
      Object.entries(localStorage).filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), String(value)]),
    );
  } catch {
    return new Map();
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

/** Calls `listener` when another tab changes what is stored under a name with this prefix. */
export function followStored(
  prefix: string,
  listener: (rest: string, value: string | null, before: string | null) => void,
): void {
  addEventListener("storage", (event) => {
    if (!(event instanceof StorageEvent) || event.key?.startsWith(prefix) !== true) return;
    listener(event.key.slice(prefix.length), event.newValue, event.oldValue);
  });
}
