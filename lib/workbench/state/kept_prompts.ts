// What is typed at the prompt of each plugin, while another one is shown. Runs in the browser.

import { EMPTY_PROMPT } from "./data_state.ts";
import type { Store } from "./store.ts";

const typed = new Map<string, string>();

/** Shows the prompt of another plugin, read-only and without a result. */
export function changePrompt(store: Store, from: string | null, to: string | null): void {
  if (from !== null) typed.set(from, store.prompt.peek().sql);
  store.prompt.value = { ...EMPTY_PROMPT, sql: typed.get(to ?? "") ?? "" };
}
