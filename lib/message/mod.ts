/**
 * The wire contract of godwit: verbs, requests, replies, events, subjects and codes, with the
 * schemas that check them. Runs anywhere; use it in clients.
 *
 * ```ts
 * import { parseReply, requestSubject, VERBS } from "@godwit/godwit/message";
 * import { parse } from "valibot";
 *
 * const subject = requestSubject("db.migrate", "quote-db", "apply"); // db.migrate.quote-db.apply
 * const request = parse(VERBS.apply.request, { dry_run: true });
 * console.log(subject, request.timeout_ms); // 600000 unless the request says otherwise
 *
 * const reply = parseReply({
 *   success: false,
 *   verb: "apply",
 *   plugin_name: "quote-db",
 *   error_code: "MIGRATION_IN_PROGRESS",
 *   message: "Another run holds it",
 *   errors: [],
 *   warnings: [],
 * });
 * if (reply?.success === false) console.log(reply.error_code); // MIGRATION_IN_PROGRESS
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
} from "../finding/finding.ts";
export { type FailureReply, FailureReplySchema, parseReply, type Reply } from "./any_reply.ts";
export type {
  BackupEntry,
  BackupReason,
  BackupReply,
  BackupsReply,
  RestoreReply,
  RowChangeMessage,
} from "./backup_reply.ts";
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
} from "./event.ts";
export { EventSchema } from "./event_schema.ts";
export type {
  LostRows,
  LostValue,
  LostValues,
  PlannedLoss,
  PlannedStatement,
  PlannedStep,
  PlanReply,
  ShownValue,
} from "./plan_reply.ts";
export type { AttemptEntry, HistoryReply, UnreadableEntry } from "./history_reply.ts";
export type { CheckedDiff, DiffReply, DiffRequest, DumpReply } from "./schema_file.ts";
export type { FailureLimit } from "../fleet/limits.ts";
export type {
  CheckedRollout,
  RolloutFailure,
  RolloutLoss,
  RolloutReply,
  RolloutRequest,
  WaveMessage,
} from "./rollout.ts";
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
} from "./reply.ts";
export type {
  AttachmentMessage,
  ColumnMessage,
  ForeignKeyMessage,
  SchemaMessage,
  TableMessage,
  ViewMessage,
} from "./schema_message.ts";
export {
  type ApplyRequest,
  type BackupRequest,
  type BackupsRequest,
  type CancelRequest,
  type Checked,
  type CheckedApply,
  type CheckedBackup,
  type CheckedBackups,
  type CheckedCheck,
  type CheckedDump,
  type CheckedHistory,
  type CheckedPlan,
  type CheckedPlugins,
  type CheckedRestore,
  type CheckedRollback,
  type CheckedRun,
  type CheckedStatus,
  type CheckRequest,
  type DatabaseRequest,
  type DumpRequest,
  type HistoryRequest,
  type PlanPart,
  type PlanRequest,
  type PluginsRequest,
  type RestoreRequest,
  type RollbackRequest,
  type RunRequest,
  type StatusRequest,
} from "./request.ts";
export { DEFAULT_PREFIX, eventSubject, requestSubject } from "./subject.ts";
export {
  type AllMessages,
  type AnyVerb,
  type LocalMessages,
  type Messages,
  type Verb,
  type VerbEntry,
  VERBS,
  type WireMessages,
} from "./verbs.ts";
