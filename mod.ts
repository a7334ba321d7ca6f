/**
 * Applies, rolls back and reports schema migrations of SQLite plugins, safely.
 *
 * As a program this is the command line; as a module it runs migrations in your process:
 *
 * ```ts
 * import { dispatch, startEdge } from "@godwit/godwit";
 *
 * await using edge = await startEdge({ pluginsDir: "./examples/plugins", dataDir: "./data" });
 * const reply = await dispatch("status", "quote-db", new Uint8Array(), edge.context);
 * console.log(reply.success);
 * ```
 *
 * @module
 */

export { type Edge, type EdgeOptions, startEdge } from "./lib/edge.ts";
export type { HandlerContext, Log } from "./lib/handler/context.ts";
export { dispatch, type Verb } from "./lib/handler/dispatch.ts";
export type { RunEvent } from "./lib/message/event.ts";
export type {
  ApplyReply,
  ErrorCode,
  FailureReply,
  FindingMessage,
  Reply,
  RollbackReply,
  StatusReply,
} from "./lib/message/reply.ts";
export type { MigrationPlan, PlanStep } from "./lib/plan/migration_plan.ts";

if (import.meta.main) {
  const { main } = await import("./lib/cli/main.ts");
  Deno.exit(await main(Deno.args));
}
