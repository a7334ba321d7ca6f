// Light, dark, or as the system has it. Runs in the browser.

import { recall, remember } from "./remembered.ts";
import type { Store, Theme } from "./store.ts";

const REMEMBERED = "godwit.theme";
const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** Takes over what was chosen before. */
export function restoreTheme(store: Store): void {
  const remembered = recall(REMEMBERED);
  setTheme(store, THEMES.find((theme) => theme === remembered) ?? "system");
}

/** Chooses the colours, and remembers them. */
export function setTheme(store: Store, theme: Theme): void {
  store.theme.value = theme;
  document.documentElement.dataset["theme"] = theme;
  remember(REMEMBERED, theme);
}
