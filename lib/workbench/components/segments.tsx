// A choice of a few, of which one is taken. Runs in the browser.

import type { JSX } from "preact";
import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";

interface SegmentsProps<Value extends string> {
  /** What is chosen, for screen readers. */
  readonly legend: string;
  readonly options: readonly (readonly [Value, string])[];
  readonly chosen: Signal<Value>;
  readonly class?: string;
}

/** Radio buttons in a row. */
export function Segments<Value extends string>(
  { legend, options, chosen, class: more = "" }: SegmentsProps<Value>,
): JSX.Element {
  const name = useId();
  return (
    <fieldset class={`segments ${more}`}>
      <legend class="unseen">{legend}</legend>
      {options.map(([value, label]) => (
        <label key={value} class="segment">
          <input
            type="radio"
            name={name}
            checked={chosen.value === value}
            onChange={() => chosen.value = value}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
