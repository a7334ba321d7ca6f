// Copies text. Runs in the browser.

import type { Store } from "./store.ts";

/** Copies a text, and says so: `Copied the request`. */
export async function copyText(store: Store, text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    store.said.value = `Copied ${what}`;
  } catch {
    store.said.value = "The browser does not allow the page to copy";
  }
}
