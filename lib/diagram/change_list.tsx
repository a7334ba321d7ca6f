// The changes of a migration in words. Runs anywhere.

import type { JSX } from "preact";
import type { ChangeMessage } from "../message/reply.ts";
import { counted } from "../finding/counted.ts";
import { CHANGE_SIGNS, changeWord } from "./change_words.ts";

interface ChangeListProps {
  readonly changes: readonly ChangeMessage[];
  /** Shows a change in a drawing; missing where there is none to show it in. */
  readonly onShow?: (change: ChangeMessage) => void;
}

// More would push the drawing off the screen.
const MOST_SHOWN = 12;

/** One item for each change; those after the first ones on request. */
export function ChangeList({ changes, onShow }: ChangeListProps): JSX.Element {
  if (changes.length === 0) return <p class="quiet">The schema stays as it is.</p>;
  // A list that is cut off for one more item is not shorter.
  const most = changes.length <= MOST_SHOWN + 1 ? changes.length : MOST_SHOWN;
  const items = (from: number, to?: number): JSX.Element[] =>
    changes.slice(from, to).map((change) => (
      <li key={JSON.stringify(change)} class="change" data-mark={change.change}>
        {onShow === undefined ? <ChangeWords change={change} /> : (
          <button
            type="button"
            class="change-button"
            onClick={() => onShow(change)}
          >
            <ChangeWords change={change} />
          </button>
        )}
      </li>
    ));
  return (
    <>
      <ul class="changes" aria-label="Changes">{items(0, most)}</ul>
      {most < changes.length && (
        <details class="more-changes">
          <summary>{counted(changes.length - most, "more change")}</summary>
          <ul class="changes" aria-label="More changes">{items(most)}</ul>
        </details>
      )}
    </>
  );
}

function ChangeWords({ change }: { readonly change: ChangeMessage }): JSX.Element {
  const { object, table, name, detail } = change;
  return (
    <>
      <span class="change-sign" aria-hidden="true">{CHANGE_SIGNS[change.change]}</span>
      <span class="change-word">{changeWord(change.change)}</span> {object}{" "}
      <code>
        {object === "column" && table !== null ? `${table}.` : ""}
        {name}
      </code>
      {detail !== null && <span class="quiet">{detail}</span>}
    </>
  );
}
