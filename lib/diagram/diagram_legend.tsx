// The legend of a drawing. Runs anywhere.

import type { JSX } from "preact";
import type { ChangeMessage } from "../message/reply.ts";
import { CHANGE_SIGNS, changeWord } from "./change_words.ts";

const MARKS: readonly ChangeMessage["change"][] = ["added", "removed", "altered", "renamed"];

/** The signs and their meanings. */
export function DiagramLegend(): JSX.Element {
  return (
    <ul class="legend" aria-label="Legend">
      {MARKS.map((mark) => (
        <li key={mark} data-mark={mark}>
          <span class="change-sign" aria-hidden="true">{CHANGE_SIGNS[mark]}</span>
          {changeWord(mark)}
        </li>
      ))}
      <li>
        <b>PK</b> primary key
      </li>
      <li>
        <b>FK</b> foreign key
      </li>
      <li>
        <b>*</b> not null
      </li>
      <li>
        <b>IX</b> index
      </li>
      <li>
        <b>TR</b> trigger
      </li>
    </ul>
  );
}
