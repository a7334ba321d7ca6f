// What is loaded on its first use, as one part: each further one would cut what every page loads
// into smaller pieces. For that it has the database's own part in it.

export { recordBaseline } from "./baseline.ts";
export { compareApplied } from "./compare_applied.ts";
export { compareSchema } from "./compare_schema.ts";
export { openDatabaseFile } from "./import_database.ts";
export { readDatabase } from "./read_database.ts";
export { runQuery } from "./run_query.ts";
export * from "../../database/on_demand.ts";
