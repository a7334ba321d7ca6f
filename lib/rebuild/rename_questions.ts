// What an author has to say about a change of a schema: which names are new names. Pure; runs
// anywhere.

import type { Schema } from "../sqlite/schema.ts";
import { formerName, possibleRenames, presentName, type Rename } from "./renames.ts";

/** What became of a table or a column that the wanted schema does not have. */
export type RenameAnswer =
  | { readonly kind: "renamed"; readonly to: string }
  | { readonly kind: "dropped" };

/** Answers by former name, such as `quotes.author`. */
export type RenameAnswers = ReadonlyMap<string, RenameAnswer>;

/** A table or a column that the wanted schema does not have, beside what it could be there. */
export interface RenameQuestion {
  /** `quotes.author` */
  readonly name: string;
  /** Such as `quotes.writer`. */
  readonly candidates: readonly string[];
  /** `null` until it is answered. */
  readonly answer: RenameAnswer | null;
}

/** The questions, and the renames that the answers to them are. */
export interface RenameQuestions {
  readonly questions: readonly RenameQuestion[];
  readonly renames: readonly Rename[];
}

/**
 * Asks about each possible rename of two schemas. Answers that fit none are ignored: the schema has
 * been edited since. The columns of a table are asked about once its rename is answered.
 */
export function askRenames(from: Schema, to: Schema, answers: RenameAnswers): RenameQuestions {
  const renames: Rename[] = [];
  const isAnswer = (rename: Rename): boolean => {
    const answer = answers.get(formerName(rename));
    return answer?.kind === "renamed" && answer.to === presentName(rename);
  };
  // Each rename that is accepted makes others possible or impossible.
  while (true) {
    const next = possibleRenames(from, to, renames).find(isAnswer);
    if (next === undefined) break;
    renames.push(next);
  }
  const accepted = renames.map((rename): RenameQuestion => {
    const others = renames.filter((each) => each !== rename);
    const name = formerName(rename);
    return {
      name,
      candidates: possibleRenames(from, to, others).filter((each) => formerName(each) === name)
        .map(presentName),
      answer: { kind: "renamed", to: presentName(rename) },
    };
  });
  const others = Map.groupBy(possibleRenames(from, to, renames), formerName);
  const unaccepted = [...others].map(([name, possible]): RenameQuestion => ({
    name,
    candidates: possible.map(presentName),
    answer: answers.get(name)?.kind === "dropped" ? { kind: "dropped" } : null,
  }));
  const questions = [...accepted, ...unaccepted].sort((one, other) =>
    one.name < other.name ? -1 : 1
  );
  return { questions, renames };
}
