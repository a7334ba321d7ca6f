// `deno task rebuild [pairs] [first seed]`: the property of generated scripts for many pairs of
// schemas. Prints the seeds that fail and what became of the others.

import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { Random } from "../support/random.ts";
import { checkPair } from "./any_schema.ts";

const [pairs = "3000", first = "1"] = Deno.args;
const SHOWN_FAILURES = 5;

const sqlite3 = await loadSqlite(sqliteModule);
const outcomes = new Map<string, number>();
const failed: number[] = [];
// Only pairs of schemas count that SQLite accepts.
for (let seed = Number(first), checked = 0; checked < Number(pairs); seed++) {
  let outcome: string;
  try {
    outcome = await checkPair(sqlite3, new Random(seed));
  } catch (error) {
    outcome = "failed";
    failed.push(seed);
    if (failed.length <= SHOWN_FAILURES) console.error(`seed ${seed}:`, describe(error));
  }
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (outcome !== "not a schema") checked += 1;
}
console.log(`seeds from ${first}: ${JSON.stringify(Object.fromEntries(outcomes))}`);
if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
Deno.exit(failed.length > 0 ? 1 : 0);

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const details = cause instanceof Error && "details" in cause ? String(cause.details) : "";
  return `${details}\n${error.message}`;
}
