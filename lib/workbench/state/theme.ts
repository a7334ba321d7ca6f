// The colour theme: light, dark, or that of the system. Runs in the browser.

import { recall, remember } from "./remembered.ts";
import type { Store, Theme } from "./store.ts";

const REMEMBERED = "godwit.theme";
const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** Restores the saved theme. */
export function restoreTheme(store: Store): void {
  const remembered = recall(REMEMBERED);
  setTheme(store, THEMES.find((theme) => theme === remembered) ?? "system");
}

/** Selects a theme and saves it. */
export function setTheme(store: Store, theme: Theme): void {
  store.theme.value = theme;
  document.documentElement.dataset["theme"] = theme;
  remember(REMEMBERED, theme);
}
