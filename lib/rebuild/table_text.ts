// Finds the parts of a CREATE TABLE as SQLite keeps it in sqlite_schema, by its tokens. Pure; runs
// anywhere.

import { nameOf, type Token, tokensOf } from "../sqlite/tokens.ts";

/** A column or a constraint in the body of a CREATE TABLE. */
export interface TableItem {
  readonly text: string;
  /** Its index in the statement. */
  readonly start: number;
  /** The name of the column, or of the constraint; `null` for a constraint without a name. */
  readonly name: string | null;
  readonly kind: "column" | "constraint";
}

/**
 * Writes another name into a CREATE TABLE or CREATE VIRTUAL TABLE. SQLite keeps these texts with
 * the name right after the word TABLE. `name` is an identifier as it is written in SQL.
 */
export function withTableName(sql: string, name: string): string {
  const token = nameToken(sql);
  if (token === null) return sql;
  return sql.slice(0, token.start) + name + sql.slice(token.start + token.text.length);
}

/** The name of a table as its CREATE statement has it, with quotes; `null` where it has none. */
export function writtenName(sql: string): string | null {
  return nameToken(sql)?.text ?? null;
}

/** The module of a CREATE VIRTUAL TABLE, in lower case; `null` for any other table. */
export function moduleOf(sql: string): string | null {
  const tokens = [...tokensOf(sql)];
  if (tokens[1]?.text.toUpperCase() !== "VIRTUAL") return null;
  const using = tokens.findIndex(({ text }) => text.toUpperCase() === "USING");
  const module = tokens[using + 1];
  return using === -1 || module === undefined ? null : nameOf(module).toLowerCase();
}

/** Whether the table counts its keys in sqlite_sequence. */
export function isAutoincrement(sql: string): boolean {
  return hasWord(sql, "AUTOINCREMENT");
}

/** The columns and constraints of a table; none where it has no body, as a virtual table. */
export function itemsOf(sql: string): readonly TableItem[] {
  if (moduleOf(sql) !== null) return [];
  const items: TableItem[] = [];
  let depth = 0;
  let item: Token[] = [];
  for (const token of bodyTokens(sql)) {
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    const isEnd = depth === 0 || depth === 1 && token.text === ",";
    if (isEnd) {
      items.push(...itemFrom(sql, item, token.start));
      item = [];
      if (depth === 0) break;
    } else if (depth > 1 || token.text !== "(" || item.length > 0) item.push(token);
  }
  return items;
}

/** The expressions of the CHECK constraints of a table. */
export function checksOf(sql: string): readonly string[] {
  const checks: string[] = [];
  for (const { text } of itemsOf(sql)) {
    const tokens = [...tokensOf(text)];
    let depth = 0;
    let start: number | null = null;
    for (const [index, token] of tokens.entries()) {
      if (token.text === "(") {
        const isCheck = depth === 0 && tokens[index - 1]?.text.toUpperCase() === "CHECK";
        if (isCheck) start = token.start + 1;
        depth += 1;
      }
      if (token.text !== ")") continue;
      depth -= 1;
      if (depth > 0 || start === null) continue;
      checks.push(text.slice(start, token.start).trim());
      start = null;
    }
  }
  return checks;
}

/** Whether a statement has a word outside of texts, names in quotes and comments. */
export function hasWord(sql: string, word: string): boolean {
  return tokensOf(sql).some(({ text }) => text.toUpperCase() === word);
}

// These words cannot be the name of a column without quotes: https://sqlite.org/lang_keywords.html
const CONSTRAINT_WORDS = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

function itemFrom(sql: string, tokens: readonly Token[], end: number): readonly TableItem[] {
  const [first, second] = tokens;
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) return [];
  // A comment to the end of its line would take what follows with it.
  const rest = sql.slice(last.start + last.text.length, end);
  const text = sql.slice(first.start, last.start + last.text.length) +
    (rest.includes("--") ? "" : rest.trimEnd());
  const word = first.text.toUpperCase();
  const { start } = first;
  if (!CONSTRAINT_WORDS.includes(word)) {
    return [{ text, start, name: nameOf(first), kind: "column" }];
  }
  const name = word === "CONSTRAINT" && second !== undefined ? nameOf(second) : null;
  return [{ text, start, name, kind: "constraint" }];
}

function* bodyTokens(sql: string): Generator<Token, undefined> {
  let isInBody = false;
  for (const token of tokensOf(sql)) {
    isInBody ||= token.text === "(";
    if (isInBody) yield token;
  }
}

function nameToken(sql: string): Token | null {
  let isNext = false;
  for (const token of tokensOf(sql)) {
    if (isNext) return token;
    isNext = token.text.toUpperCase() === "TABLE";
  }
  return null;
}
