// Explains a statement that SQLite's parser refused. Pure; runs anywhere.

import { tokensOf } from "../sqlite/tokens.ts";

/** A form of ALTER TABLE that other databases have. */
export type RefusedForm = "alter-column" | "alter-constraint";

/**
 * Names the form that a refused statement attempts, for a better message than "syntax error". This
 * only words the message: SQLite has refused the statement already.
 */
export function refusedForm(sql: string): RefusedForm | null {
  const tokens = [...tokensOf(sql).take(12)].map(({ text }) => text.toUpperCase());
  if (tokens[0] !== "ALTER" || tokens[1] !== "TABLE") return null;
  // "ALTER TABLE main.t ADD ..." has a qualified name.
  const action = tokens[3] === "." ? tokens.slice(5) : tokens.slice(3);
  if (action[0] === "ALTER" || action[0] === "MODIFY" || action[0] === "CHANGE") {
    return "alter-column";
  }
  if (action[0] === "ADD" && CONSTRAINT_WORDS.includes(action[1] ?? "")) return "alter-constraint";
  if (action[0] === "DROP" && CONSTRAINT_WORDS.includes(action[1] ?? "")) return "alter-constraint";
  return null;
}

const CONSTRAINT_WORDS = ["CONSTRAINT", "FOREIGN", "PRIMARY", "UNIQUE", "CHECK"];

/** The command of the sqlite3 shell that a refused statement begins with, such as `.mode`. */
export function shellCommand(sql: string): string | null {
  const [dot, word] = tokensOf(sql).take(2);
  const isCommand = dot?.text === "." && word?.start === dot.start + 1;
  return isCommand && /^[a-z]+$/i.test(word.text) ? `.${word.text}` : null;
}
