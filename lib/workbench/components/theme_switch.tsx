// Selects the colour theme. Runs in the browser.

import type { JSX } from "preact";
import { useStore } from "../state/store_context.ts";
import type { Theme } from "../state/store.ts";
import { setTheme } from "../state/theme.ts";

const THEMES: readonly (readonly [Theme, string])[] = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
];

/** System, light or dark. */
export function ThemeSwitch(): JSX.Element {
  const store = useStore();
  return (
    <fieldset class="segments">
      <legend class="unseen">Colours</legend>
      {THEMES.map(([theme, label]) => (
        <label key={theme} class="segment">
          <input
            type="radio"
            name="theme"
            checked={store.theme.value === theme}
            onChange={() => setTheme(store, theme)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
