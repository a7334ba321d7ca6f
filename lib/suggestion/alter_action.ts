// Reads what an ALTER TABLE means that SQLite refuses, by its tokens: forms that other databases
// have, and several changes in one statement. Pure; runs anywhere.

import { nameOf, type Token, tokensOf } from "../sqlite/tokens.ts";

/** One change of a table. */
export type AlterAction =
  | { readonly kind: "drop-column"; readonly column: string }
  | { readonly kind: "add-column"; readonly definition: string }
  | { readonly kind: "add-constraint"; readonly definition: string }
  | { readonly kind: "drop-constraint"; readonly name: string }
  | {
    readonly kind: "set-type";
    readonly column: string;
    readonly type: string;
    /** `null` leaves it as it is. */
    readonly notNull: boolean | null;
  }
  | { readonly kind: "set-not-null"; readonly column: string; readonly notNull: boolean }
  | {
    readonly kind: "set-default";
    readonly column: string;
    /** As it is written after DEFAULT; `null` for none. */
    readonly value: string | null;
  }
  /** MODIFY and CHANGE of MySQL: all but the keys and checks of the column. */
  | {
    readonly kind: "redefine";
    readonly column: string;
    readonly name: string;
    readonly definition: string;
  };

/** The changes that an ALTER TABLE makes, in its order. */
export interface AlterStatement {
  readonly table: string;
  readonly actions: readonly AlterAction[];
}

/** Reads an ALTER TABLE; `null` where it is none, or does what is not clear. */
export function readAlter(sql: string): AlterStatement | null {
  const tokens = [...tokensOf(sql)].filter(({ text }) => text !== ";");
  const words = tokens.map(wordOf);
  if (words[0] !== "ALTER" || words[1] !== "TABLE") return null;
  // "ALTER TABLE main.t ADD ..." has a qualified name.
  const at = words[3] === "." ? 4 : 2;
  const name = tokens[at];
  if (name === undefined) return null;
  const actions: AlterAction[] = [];
  for (const part of partsOf(tokens.slice(at + 1))) {
    const action = readAction(sql, part);
    if (action === null) return null;
    actions.push(action);
  }
  return actions.length === 0 ? null : { table: nameOf(name), actions };
}

function wordOf({ text }: Token): string {
  return text.toUpperCase();
}

/** The parts between commas that are in no parentheses. */
function partsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    if (token.text === "," && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

// These words cannot be the name of a column without quotes, or begin what SQLite does not have.
const CONSTRAINT_WORDS = ["CONSTRAINT", "FOREIGN", "PRIMARY", "UNIQUE", "CHECK"];
const OTHER_THINGS = ["INDEX", "KEY", "PARTITION", "FULLTEXT", "SPATIAL", "PERIOD"];

function readAction(sql: string, tokens: readonly Token[]): AlterAction | null {
  const [verb = "", ...words] = tokens.map(wordOf);
  const isColumn = words[0] === "COLUMN";
  const rest = tokens.slice(isColumn ? 2 : 1);
  switch (verb) {
    case "DROP":
      if (words[0] === "CONSTRAINT") return readDropConstraint(tokens.slice(2));
      return isColumn || !isOther(words[0]) ? readDropColumn(rest) : null;
    case "ADD":
      if (!isColumn && CONSTRAINT_WORDS.includes(words[0] ?? "")) {
        return { kind: "add-constraint", definition: textOf(sql, rest) };
      }
      return isColumn || !isOther(words[0]) ? readAddColumn(sql, rest) : null;
    case "ALTER":
      return isColumn || !isOther(words[0]) ? readAlterColumn(sql, rest) : null;
    case "MODIFY":
      return readRedefinition(sql, rest[0], rest[0], rest.slice(1));
    case "CHANGE":
      return readRedefinition(sql, rest[0], rest[1], rest.slice(2));
    default:
      return null;
  }
}

function isOther(word: string | undefined): boolean {
  return [...CONSTRAINT_WORDS, ...OTHER_THINGS].includes(word ?? "");
}

function readDropColumn(tokens: readonly Token[]): AlterAction | null {
  const [column] = withoutBehaviour(tokens);
  return column === undefined || withoutBehaviour(tokens).length > 1
    ? null
    : { kind: "drop-column", column: nameOf(column) };
}

function readDropConstraint(tokens: readonly Token[]): AlterAction | null {
  const [name] = withoutBehaviour(tokens);
  return name === undefined || withoutBehaviour(tokens).length > 1
    ? null
    : { kind: "drop-constraint", name: nameOf(name) };
}

// RESTRICT is what SQLite does anyway. CASCADE would drop what the author does not name.
function withoutBehaviour(tokens: readonly Token[]): readonly Token[] {
  const last = tokens.at(-1);
  return tokens.length > 1 && last !== undefined && wordOf(last) === "RESTRICT"
    ? tokens.slice(0, -1)
    : tokens;
}

function readAddColumn(sql: string, tokens: readonly Token[]): AlterAction | null {
  const isUnclear = tokens.length === 0 || tokens.some((token) => hasNoMeaning(token)) ||
    wordOf(tokens[0] ?? NO_TOKEN) === "IF";
  return isUnclear ? null : { kind: "add-column", definition: textOf(sql, tokens) };
}

const NO_TOKEN: Token = { text: "", start: 0 };

function readAlterColumn(sql: string, [name, ...rest]: readonly Token[]): AlterAction | null {
  if (name === undefined) return null;
  const column = nameOf(name);
  const words = rest.map(wordOf);
  const clause = words.join(" ");
  if (clause === "SET NOT NULL") return { kind: "set-not-null", column, notNull: true };
  if (clause === "DROP NOT NULL") return { kind: "set-not-null", column, notNull: false };
  if (clause === "DROP DEFAULT") return { kind: "set-default", column, value: null };
  if (clause.startsWith("SET DEFAULT ")) {
    return { kind: "set-default", column, value: defaultText(textOf(sql, rest.slice(2))) };
  }
  const isStandard = words[0] === "TYPE" || clause.startsWith("SET DATA TYPE ");
  if (!isStandard && (words[0] === "SET" || words[0] === "DROP")) return null;
  const type = isStandard ? rest.slice(words[0] === "TYPE" ? 1 : 3) : rest;
  return readType(sql, column, type);
}

/** Reads a type, and after it NOT NULL or NULL. */
function readType(sql: string, column: string, tokens: readonly Token[]): AlterAction | null {
  const words = tokens.map(wordOf);
  const isNull = words.at(-1) === "NULL";
  const isNotNull = isNull && words.at(-2) === "NOT";
  const type = tokens.slice(0, tokens.length - (isNotNull ? 2 : isNull ? 1 : 0));
  const isUnclear = type.length === 0 || type.some((token) => !isOfType(token));
  if (isUnclear) return null;
  return {
    kind: "set-type",
    column,
    type: textOf(sql, type),
    notNull: isNotNull ? true : isNull ? false : null,
  };
}

function readRedefinition(
  sql: string,
  column: Token | undefined,
  name: Token | undefined,
  definition: readonly Token[],
): AlterAction | null {
  if (column === undefined || name === undefined || definition.length === 0) return null;
  if (definition.some((token) => hasNoMeaning(token))) return null;
  return {
    kind: "redefine",
    column: nameOf(column),
    name: nameOf(name),
    definition: textOf(sql, definition),
  };
}

// SQLite would take these for words of the type.
const FOREIGN_WORDS = ["AFTER", "FIRST", "USING", "AUTO_INCREMENT", "IDENTITY", "COMMENT"];

function hasNoMeaning(token: Token): boolean {
  return FOREIGN_WORDS.includes(wordOf(token));
}

// A word, or what is in the parentheses of "DECIMAL (10, 2)".
function isOfType(token: Token): boolean {
  return /^(?:[\p{L}\p{N}_]+|[(),])$/u.test(token.text) && !hasNoMeaning(token) &&
    !TYPE_ENDS.includes(wordOf(token));
}

const TYPE_ENDS = ["COLLATE", "DEFAULT", "CHECK", "REFERENCES", "NOT", "NULL", "PRIMARY", "UNIQUE"];

// SQLite takes an expression in parentheses alone: https://sqlite.org/lang_createtable.html
function defaultText(value: string): string {
  const [first, second, third] = tokensOf(value).take(3);
  const isSigned = first?.text === "-" || first?.text === "+";
  const isOne = second === undefined || isSigned && third === undefined;
  // "1.5" has three tokens and is one number.
  return isOne || first?.text === "(" || /^[-+]?\s*[\d.]+(?:e[-+]?\d+)?$/i.test(value)
    ? value
    : `(${value})`;
}

function textOf(sql: string, tokens: readonly Token[]): string {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) return "";
  return sql.slice(first.start, last.start + last.text.length);
}
