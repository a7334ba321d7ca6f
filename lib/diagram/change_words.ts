// The words and signs of changes. Pure; runs anywhere.

import type { ChangeMessage } from "../message/reply.ts";

const CHANGE_WORDS: Readonly<Record<ChangeMessage["change"], string>> = {
  added: "added",
  removed: "dropped",
  altered: "altered",
  renamed: "renamed",
};

/** The sign of a change, for readers who do not distinguish colours. */
export const CHANGE_SIGNS: Readonly<Record<ChangeMessage["change"], string>> = {
  added: "+",
  removed: "−",
  altered: "~",
  renamed: "→",
};

/** The verb of a change. */
export function changeWord(change: ChangeMessage["change"]): string {
  return CHANGE_WORDS[change];
}

/** Names the object of a change: `column votes.weight`, `table votes`. */
export function changeSubject({ object, table, name }: ChangeMessage): string {
  return object === "column" && table !== null ? `${object} ${table}.${name}` : `${object} ${name}`;
}

/** Describes a change: `added column votes.weight`, `altered table votes (foreign keys)`. */
export function describeChange(change: ChangeMessage): string {
  const detail = change.detail === null ? "" : ` (${change.detail})`;
  return `${changeWord(change.change)} ${changeSubject(change)}${detail}`;
}
