/**
 * Applies, rolls back and reports schema migrations of SQLite plugins, safely.
 *
 * As a program this is the command line; as a module it runs migrations in your process:
 *
 * ```ts
 * import { dispatch, startEdge } from "@godwit/godwit";
 *
 * const dataDir = await Deno.makeTempDir();
 * await using edge = await startEdge({ pluginsDir: "./examples/plugins", dataDir });
 * const request = new TextEncoder().encode(JSON.stringify({ applied_by: "example" }));
 * const reply = await dispatch("apply", "quote-db", request, edge.context);
 * console.log(reply.success); // true
 * ```
 *
 * Replies are plain data with types of their own. `success` tells a failure from the rest:
 *
 * ```ts
 * import {
 *   dispatch,
 *   type Edge,
 *   type EdgeOptions,
 *   type ErrorCode,
 *   type FailureReply,
 *   type FindingMessage,
 *   type Reply,
 *   startEdge,
 *   type StatusReply,
 *   type Verb,
 * } from "@godwit/godwit";
 *
 * const options: EdgeOptions = {
 *   pluginsDir: "./examples/plugins",
 *   dataDir: await Deno.makeTempDir(),
 * };
 * await using edge: Edge = await startEdge(options);
 *
 * const verb: Verb = "status";
 * const reply: Reply = await dispatch(verb, "no-such-plugin", new Uint8Array(), edge.context);
 * if (!reply.success) console.log(explain(reply)); // PLUGIN_NOT_FOUND: ...
 *
 * function explain(failure: FailureReply): string {
 *   const code: ErrorCode = failure.error_code;
 *   return `${code}: ${failure.message}`;
 * }
 *
 * function problems(status: StatusReply): readonly FindingMessage[] {
 *   return status.pending_warnings.filter(({ level }) => level === "ERROR");
 * }
 *
 * const status = await dispatch("status", "trivia", new Uint8Array(), edge.context);
 * if (status.success && "pending_count" in status) console.log(problems(status)); // []
 * ```
 *
 * Whoever wants to follow a run gives `publish` and `log`:
 *
 * ```ts
 * import {
 *   type ApplyReply,
 *   dispatch,
 *   type HandlerContext,
 *   type Log,
 *   type RollbackReply,
 *   type RunEvent,
 *   startEdge,
 * } from "@godwit/godwit";
 *
 * const log: Log = (level, message, fields = {}) => console.error(level, message, fields);
 * const publish = (event: RunEvent): void => console.log(event.event);
 * const dataDir = await Deno.makeTempDir();
 * await using edge = await startEdge({ pluginsDir: "./examples/plugins", dataDir, log, publish });
 * const context: HandlerContext = edge.context;
 *
 * await dispatch("apply", "trivia", new Uint8Array(), context); // run_started ... run_finished
 * const reply = await dispatch("rollback", "trivia", new Uint8Array(), context);
 * if (reply.success && "plan_hash" in reply) console.log(versions(reply)); // [5]
 *
 * function versions(run: ApplyReply | RollbackReply): readonly number[] {
 *   const entries = "applied_migrations" in run
 *     ? run.applied_migrations
 *     : run.rolled_back_migrations;
 *   return entries.map(({ version }) => version);
 * }
 * ```
 *
 * @module
 */

export { type Edge, type EdgeOptions, startEdge } from "./lib/migrator.ts";
export {
  type Finding,
  FINDING_CODES,
  type FindingCategory,
  type FindingCode,
  type FindingLevel,
  type FindingSubject,
  type Position,
} from "./lib/finding/finding.ts";
export type { HandlerContext, Log } from "./lib/handler/context.ts";
export { dispatch } from "./lib/handler/dispatch.ts";
export type { FailureReply, Reply } from "./lib/message/any_reply.ts";
export type { Verb } from "./lib/message/verbs.ts";
export type {
  MigrationDoneEvent,
  MigrationFailedEvent,
  MigrationStartedEvent,
  RunEvent,
  RunEventBase,
  RunFinishedEvent,
  RunStartedEvent,
  StepEventBase,
} from "./lib/message/event.ts";
export {
  type AppliedMigration,
  type ApplyReply,
  type ChangeMessage,
  type DataLossMessage,
  ERROR_CODES,
  type ErrorCode,
  type FailedMigration,
  type FindingMessage,
  type MigrationReference,
  type ProgressMessage,
  type RollbackReply,
  type RunEntry,
  type RunReply,
  type StatusReply,
} from "./lib/message/reply.ts";
export type { SqliteVersion } from "./lib/migration/migration.ts";
export type { MigrationPlan, PlanBase, PlanStep } from "./lib/plan/migration_plan.ts";
export type { Direction } from "./lib/plan/select_steps.ts";

if (import.meta.main) {
  const { main } = await import("./lib/cli/main.ts");
  Deno.exit(await main(Deno.args));
}
