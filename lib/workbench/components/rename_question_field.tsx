// Asks whether something that is gone has another name now. Runs in the browser.

import type { JSX } from "preact";
import type { RenameAnswer, RenameQuestion } from "../../rebuild/rename_questions.ts";
import { answerRename } from "../state/schema_draft.ts";
import { useStore } from "../state/store_context.ts";

interface RenameQuestionProps {
  readonly plugin: string;
  readonly question: RenameQuestion;
  /** The answer so far, which the question has once it was compared again. */
  readonly answer: RenameAnswer | null;
}

/** One choice for each name that it could have now, and one for what was dropped. */
export function RenameQuestionField(
  { plugin, question, answer }: RenameQuestionProps,
): JSX.Element {
  const store = useStore();
  const { name, candidates } = question;
  const choice = (label: string, given: RenameAnswer, isChosen: boolean): JSX.Element => (
    <label key={label} class="check">
      <input
        type="radio"
        name={`rename ${name}`}
        checked={isChosen}
        onChange={() =>
          answerRename(store, plugin, name, given)}
      />
      {label}
    </label>
  );
  return (
    <fieldset class="rename-question" data-open={answer === null}>
      <legend>
        <code>{name}</code> is not in the schema any more. Was it renamed?
      </legend>
      <div class="row">
        {candidates.map((to) =>
          choice(
            `Renamed to ${to}`,
            { kind: "renamed", to },
            answer?.kind === "renamed" && answer.to === to,
          )
        )}
        {choice("Dropped", { kind: "dropped" }, answer?.kind === "dropped")}
      </div>
    </fieldset>
  );
}
