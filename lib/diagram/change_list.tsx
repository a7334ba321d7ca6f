// The changes of a migration in words. Runs anywhere.

import type { JSX } from "preact";
import type { ChangeMessage } from "../message/reply.ts";
import { CHANGE_SIGNS, changeWord } from "./change_words.ts";

/** One item for each change. */
export function ChangeList(
  { changes }: { readonly changes: readonly ChangeMessage[] },
): JSX.Element {
  if (changes.length === 0) return <p class="quiet">The schema stays as it is.</p>;
  return (
    <ul class="changes" aria-label="Changes">
      {changes.map((change) => (
        <li key={JSON.stringify(change)} class="change" data-mark={change.change}>
          <span class="change-sign" aria-hidden="true">{CHANGE_SIGNS[change.change]}</span>
          <span class="change-word">{changeWord(change.change)}</span> {change.object}{" "}
          <code>
            {change.object === "column" && change.table !== null ? `${change.table}.` : ""}
            {change.name}
          </code>
          {change.detail !== null && <span class="quiet">{change.detail}</span>}
        </li>
      ))}
    </ul>
  );
}
