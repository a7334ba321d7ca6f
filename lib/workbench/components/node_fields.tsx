// The fields that make the tab a node of a fleet. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { NodeFields } from "../model/node_fields.ts";

interface NodeFieldsetProps {
  readonly fields: NodeFields;
  readonly onChange: (fields: NodeFields) => void;
}

const FIELDS: readonly (readonly [keyof NodeFields, label: string, hint: string])[] = [
  ["name", "Node name", "empty: takes no part in rollouts"],
  ["labels", "Labels", "region=eu, kind=till"],
  ["trust", "Trusted publishers", "public keys; empty: takes every bundle"],
];

/** Closed until it is needed, or used before. */
export function NodeFieldset({ fields, onChange }: NodeFieldsetProps): JSX.Element {
  // It stays as it is while the name is being replaced.
  const isOpen = useSignal(fields.name !== "");
  return (
    <details
      class="node-fields"
      open={isOpen.value}
      onToggle={(event) => isOpen.value = event.currentTarget.open}
    >
      <summary>Take part in rollouts of a fleet</summary>
      {FIELDS.map(([name, label, hint]) => (
        <label key={name} class="field">
          {label}
          <input
            type="text"
            value={fields[name]}
            placeholder={hint}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => onChange({ ...fields, [name]: event.currentTarget.value })}
          />
        </label>
      ))}
    </details>
  );
}
