/**
 * Applies, rolls back and reports schema migrations of SQLite plugins.
 *
 * As a program this is the command line. As a module it migrates in your process:
 *
 * ```ts
 * import { openMigrator } from "@godwit/godwit";
 *
 * const data = await Deno.makeTempDir();
 * await using migrator = await openMigrator({ plugins: "./examples/plugins", data });
 *
 * const plan = await migrator.apply("quote-db", { dry_run: true });
 * if (!plan.success) throw new Error(plan.message);
 * for (const { version, name, data_loss } of plan.applied_migrations) {
 *   console.log(version, name, data_loss); // 1 create_quotes [] ...
 * }
 *
 * const run = await migrator.apply("quote-db", { plan_hash: plan.plan_hash });
 * console.log(run.success, run.current_version); // true 6
 * ```
 *
 * There is a method for each verb. A failure is a reply too, with a stable code:
 *
 * ```ts
 * import { openMigrator, type Reply } from "@godwit/godwit";
 *
 * const data = await Deno.makeTempDir();
 * await using migrator = await openMigrator({ plugins: "./examples/plugins", data });
 *
 * const replies: Reply[] = [
 *   await migrator.status("trivia"),
 *   await migrator.rollback("trivia", { target_version: 3 }),
 * ];
 * for (const reply of replies) console.log(inWords(reply)); // 5 pending
 *
 * function inWords(reply: Reply): string {
 *   if (!reply.success) return `${reply.error_code}: ${reply.message}`;
 *   switch (reply.verb) {
 *     case "apply":
 *       return `applied ${reply.applied_migrations.length}`;
 *     case "rollback":
 *       return `rolled back ${reply.rolled_back_migrations.length}`;
 *     case "plan":
 *       return reply.schema_diff;
 *     case "status":
 *       return `${reply.pending_count} pending`;
 *     case "cancel":
 *       return reply.message;
 *     case "history":
 *       return `${reply.entry_count} attempts`;
 *     case "backups":
 *       return `${reply.backup_count} backups`;
 *     case "backup":
 *       return `made ${reply.backup}`;
 *     case "restore":
 *       return `restored ${reply.restored}`;
 *     case "rollout":
 *       return `migrated ${reply.applied} databases`;
 *   }
 * }
 * ```
 *
 * Follow a run by its events, and interrupt it by a signal:
 *
 * ```ts
 * import { openMigrator, type RunEvent } from "@godwit/godwit";
 *
 * const data = await Deno.makeTempDir();
 * const signal = AbortSignal.timeout(60_000);
 * await using migrator = await openMigrator({ plugins: "./examples/plugins", data, signal });
 *
 * const seen: RunEvent["event"][] = [];
 * const unsubscribe = migrator.subscribe(({ event }) => seen.push(event));
 * await migrator.apply("trivia", { target_version: 1 });
 * unsubscribe();
 * console.log(seen); // run_started, migration_started, migration_applied, run_finished
 * ```
 *
 * A test of your plugin may be one line:
 *
 * ```ts
 * import { openMigrator } from "@godwit/godwit";
 *
 * const data = await Deno.makeTempDir();
 * await using migrator = await openMigrator({ plugins: "./examples/plugins", data });
 *
 * const { plugins } = await migrator.plugins().then((reply) => {
 *   if (!reply.success) throw new Error(reply.message);
 *   return reply;
 * });
 * for (const plugin of plugins) {
 *   const reply = await migrator.check(plugin);
 *   if (!reply.success) throw new Error(reply.errors.map(({ message }) => message).join("\n"));
 * }
 * ```
 *
 * A transport of your own passes bytes to {@link dispatch}:
 *
 * ```ts
 * import { dispatch, openMigrator } from "@godwit/godwit";
 *
 * const data = await Deno.makeTempDir();
 * await using migrator = await openMigrator({ plugins: "./examples/plugins", data });
 *
 * await using server = Deno.serve({ port: 0, onListen() {} }, async (request) => {
 *   const plugin = new URL(request.url).pathname.slice(1);
 *   return Response.json(await dispatch("status", plugin, await request.bytes(), migrator.context));
 * });
 * const response = await fetch(`http://127.0.0.1:${server.addr.port}/trivia`, { method: "POST" });
 * console.log((await response.json()).pending_count); // 5
 * ```
 *
 * @module
 */

export {
  FINDING_CODES,
  type FindingCategory,
  type FindingCode,
  type FindingLevel,
  type Suggestion,
} from "./lib/finding/finding.ts";
export type { BackupPolicy } from "./lib/backup/backup_rules.ts";
export type { HandlerContext, Log } from "./lib/handler/context.ts";
export type { BeforeRunListener, EventListener } from "./lib/handler/event_hub.ts";
export type {
  AnsweredRequest,
  EndedRun,
  RunFigures,
  WorkObserver,
  WorkOutcome,
} from "./lib/handler/work_observer.ts";
export type { FailureReply, Reply } from "./lib/message/any_reply.ts";
export type {
  BackupEntry,
  BackupReason,
  BackupReply,
  BackupsReply,
  RestoreReply,
  RowChangeMessage,
} from "./lib/message/backup_reply.ts";
export type {
  MigrationDoneEvent,
  MigrationFailedEvent,
  MigrationProgressEvent,
  MigrationStartedEvent,
  RolloutProgressEvent,
  RunEvent,
  RunEventBase,
  RunFinishedEvent,
  RunStartedEvent,
  StepEventBase,
} from "./lib/message/event.ts";
export type { AttemptEntry, HistoryReply, UnreadableEntry } from "./lib/message/history_reply.ts";
export type {
  LostRows,
  LostValue,
  LostValues,
  PlannedLoss,
  PlannedStatement,
  PlannedStep,
  PlanReply,
  ShownValue,
} from "./lib/message/plan_reply.ts";
export type { CheckedDiff, DiffReply, DiffRequest, DumpReply } from "./lib/message/schema_file.ts";
export type { FailureLimit } from "./lib/fleet/limits.ts";
export type {
  CheckedRollout,
  RolloutFailure,
  RolloutLoss,
  RolloutReply,
  RolloutRequest,
  WaveMessage,
} from "./lib/message/rollout.ts";
export {
  type AppliedMigration,
  type ApplyReply,
  type CancelReply,
  type ChangeMessage,
  type CheckReply,
  type DataLossMessage,
  ERROR_CODES,
  type ErrorCode,
  type FailedMigration,
  type FindingMessage,
  type MigrationReference,
  type PluginsReply,
  type ProgressMessage,
  type QueryMessage,
  type RollbackReply,
  type RunEntry,
  type RunReply,
  type StatusReply,
  type TenantEntry,
} from "./lib/message/reply.ts";
export type {
  AttachmentMessage,
  ColumnMessage,
  ForeignKeyMessage,
  SchemaMessage,
  TableMessage,
  ViewMessage,
} from "./lib/message/schema_message.ts";
export type {
  ApplyRequest,
  BackupRequest,
  BackupsRequest,
  CancelRequest,
  Checked,
  CheckedApply,
  CheckedBackup,
  CheckedBackups,
  CheckedCheck,
  CheckedDump,
  CheckedHistory,
  CheckedPlan,
  CheckedPlugins,
  CheckedRestore,
  CheckedRollback,
  CheckedRun,
  CheckedStatus,
  CheckRequest,
  DatabaseRequest,
  DumpRequest,
  HistoryRequest,
  PlanPart,
  PlanRequest,
  PluginsRequest,
  RestoreRequest,
  RollbackRequest,
  RunRequest,
  StatusRequest,
} from "./lib/message/request.ts";
export type {
  AllMessages,
  AnyVerb,
  LocalMessages,
  Messages,
  Verb,
  WireMessages,
} from "./lib/message/verbs.ts";
export {
  dispatch,
  type Migrator,
  type MigratorOptions,
  openMigrator,
  type PluginVerb,
  type VerbMethod,
  type VerbMethods,
} from "./lib/migrator.ts";

if (import.meta.main) {
  const { main } = await import("./lib/cli/main.ts");
  Deno.exit(await main(Deno.args));
}
