// The field for the name of a plugin. Runs in the browser.

import type { JSX } from "preact";
import type { Signal } from "@preact/signals";
import type { Store } from "../state/store.ts";

interface PluginFieldProps {
  /** Without the spaces around what is typed. */
  readonly name: Signal<string>;
  readonly isWrong: boolean;
  /** The id of the text that describes what happens to the plugin. */
  readonly describedBy: string;
}

/** Whether a plugin has this name. */
export function isTaken({ plugins }: Store, name: string): boolean {
  return plugins.value?.some((entry) => entry.name === name) === true;
}

/** The field, with its label. */
export function PluginField({ name, isWrong, describedBy }: PluginFieldProps): JSX.Element {
  return (
    <label class="field">
      Plugin
      <input
        type="text"
        value={name.value}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={isWrong}
        aria-describedby={describedBy}
        onInput={(event) => name.value = event.currentTarget.value.trim()}
      />
    </label>
  );
}
