// Adds statements to the text of a section, which is otherwise left as it is. Pure; runs anywhere.

import { hasStatement } from "../sqlite/skip_trivia.ts";
import { type Token, tokensOf } from "../sqlite/tokens.ts";

/** The section with a script after its last statement, which gets a semicolon if it has none. */
export function appended(section: string, script: string): string {
  let last: Token | null = null;
  for (const token of tokensOf(section)) last = token;
  const end = last === null ? 0 : last.start + last.text.length;
  const isOpen = hasStatement(section) && last?.text !== ";";
  const closed = `${section.slice(0, end)}${isOpen ? ";" : ""}${section.slice(end)}`;
  const text = closed.trimEnd();
  const gap = text === "" ? "" : "\n\n";
  return `${text}${gap}${script}${closed.slice(text.length) || "\n"}`;
}

/** The section with a script before its first statement. */
export function prepended(section: string, script: string): string {
  return `${script}\n\n${section.trimStart()}`;
}
