// Earlier statements of the prompt, as they are kept in the browser. Pure; runs anywhere.

import * as v from "valibot";
import { readJson } from "./kept_json.ts";

// What people look through, and what is kept of a statement.
const MOST_STATEMENTS = 50;
const LONGEST_STATEMENT = 10_000;

const HistorySchema = v.array(v.string());

/** The history after a statement has run: newest first, each one once. A long one is left out. */
export function withStatement(history: readonly string[], sql: string): readonly string[] {
  const statement = sql.trim();
  if (statement === "" || statement.length > LONGEST_STATEMENT) return history;
  return [statement, ...history.filter((each) => each !== statement)].slice(0, MOST_STATEMENTS);
}

/** Writes what `parseHistory()` reads. */
export function formatHistory(history: readonly string[]): string {
  return JSON.stringify(history);
}

/** Reads what was kept; nothing where it is something else. */
export function parseHistory(kept: string): readonly string[] {
  return (readJson(HistorySchema, kept) ?? []).slice(0, MOST_STATEMENTS);
}
