// The table of verbs: what each is for, and the schemas of its messages. Runs anywhere.

import type * as v from "valibot";
import type { BackupReply, BackupsReply, RestoreReply } from "./backup_reply.ts";
import {
  BackupReplySchema,
  BackupsReplySchema,
  RestoreReplySchema,
} from "./backup_reply_schema.ts";
import type {
  ApplyReply,
  CancelReply,
  CheckReply,
  PluginsReply,
  RollbackReply,
  StatusReply,
} from "./reply.ts";
import type { HistoryReply } from "./history_reply.ts";
import { HistoryReplySchema } from "./history_reply_schema.ts";
import type { CheckedRollout, RolloutReply, RolloutRequest } from "./rollout.ts";
import { RolloutReplySchema, RolloutRequestSchema } from "./rollout_schema.ts";
import type { PlanReply } from "./plan_reply.ts";
import { PlanReplySchema } from "./plan_reply_schema.ts";
import type { CheckedDiff, DiffReply, DiffRequest, DumpReply } from "./schema_file.ts";
import { DiffReplySchema, DiffRequestSchema, DumpReplySchema } from "./schema_file_schema.ts";
import {
  ApplyReplySchema,
  CancelReplySchema,
  CheckReplySchema,
  PluginsReplySchema,
  RollbackReplySchema,
  StatusReplySchema,
} from "./reply_schema.ts";
import type {
  ApplyRequest,
  BackupRequest,
  BackupsRequest,
  CancelRequest,
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
  CheckedStatus,
  CheckRequest,
  DumpRequest,
  HistoryRequest,
  PlanRequest,
  PluginsRequest,
  RestoreRequest,
  RollbackRequest,
  StatusRequest,
} from "./request.ts";
import {
  ApplyRequestSchema,
  BackupRequestSchema,
  BackupsRequestSchema,
  CancelRequestSchema,
  CheckRequestSchema,
  DumpRequestSchema,
  HistoryRequestSchema,
  PlanRequestSchema,
  PluginsRequestSchema,
  RestoreRequestSchema,
  RollbackRequestSchema,
  StatusRequestSchema,
} from "./request_schema.ts";

/** The types of one verb's messages. */
export interface Messages<Request, CheckedRequest, SuccessReply> {
  /** The request as a client sends it. */
  readonly request: Request;
  /** The request as the handler gets it, with defaults. */
  readonly checked: CheckedRequest;
  /** The reply where the request succeeded. */
  readonly reply: SuccessReply;
}

/** The messages of the verbs that NATS carries, on `<prefix>.<plugin>.<verb>`. */
export interface WireMessages {
  /** Runs pending migrations. */
  readonly apply: Messages<ApplyRequest, CheckedApply, ApplyReply>;
  /** Runs DOWN sections, newest first. */
  readonly rollback: Messages<RollbackRequest, CheckedRollback, RollbackReply>;
  /** Applies pending migrations to the database of every tenant, in waves. */
  readonly rollout: Messages<RolloutRequest, CheckedRollout, RolloutReply>;
  /** Reports what an apply or a rollback would do, measured on the real rows and undone. */
  readonly plan: Messages<PlanRequest, CheckedPlan, PlanReply>;
  /** Compares files with the database. */
  readonly status: Messages<StatusRequest, CheckedStatus, StatusReply>;
  /** Lists what was attempted, newest first. */
  readonly history: Messages<HistoryRequest, CheckedHistory, HistoryReply>;
  /** Ends the run that has a database. */
  readonly cancel: Messages<CancelRequest, CancelRequest, CancelReply>;
  /** Lists the backups of a database. */
  readonly backups: Messages<BackupsRequest, CheckedBackups, BackupsReply>;
  /** Makes a backup now. */
  readonly backup: Messages<BackupRequest, CheckedBackup, BackupReply>;
  /** Puts a backup in the place of the database. */
  readonly restore: Messages<RestoreRequest, CheckedRestore, RestoreReply>;
}

/** The messages of the verbs that only programs and the command line have: they need no service. */
export interface LocalMessages {
  /** Rehearses every file on an empty database, on request with rows: up, down, and up again. */
  readonly check: Messages<CheckRequest, CheckedCheck, CheckReply>;
  /** Compares the files with the schema.sql, and makes the file that leads there. */
  readonly diff: Messages<DiffRequest, CheckedDiff, DiffReply>;
  /** Writes the schema of the files, or of the database, as a schema.sql. */
  readonly dump: Messages<DumpRequest, CheckedDump, DumpReply>;
  /** Lists the plugins and the databases of their tenants. */
  readonly plugins: Messages<PluginsRequest, CheckedPlugins, PluginsReply>;
}

/** The messages of every verb. */
export interface AllMessages extends WireMessages, LocalMessages {}

/** A verb that NATS carries. */
export type Verb = keyof WireMessages;

/** Any verb. */
export type AnyVerb = keyof AllMessages;

/** A verb's line of the table. */
export interface VerbEntry<V extends AnyVerb> {
  /** A few words for help texts, without a subject: "run what is pending". */
  readonly summary: string;
  /** `write`: a request without a reply may have changed the database and is not sent again. */
  readonly access: "read" | "write";
  /**
   * How long a reply may take. `long`: whole files are read. `run`: it comes at the end of a run,
   * which has the database, a `run_id` and a `timeout_ms`.
   */
  readonly duration: "short" | "long" | "run";
  /** Whether a request is about one plugin, or about all of them. */
  readonly scope: "plugin" | "all";
  /** The schema of the request. */
  readonly request: v.GenericSchema<AllMessages[V]["request"], AllMessages[V]["checked"]>;
  /** The schema of the reply where the request succeeded. */
  readonly reply: v.GenericSchema<AllMessages[V]["reply"]>;
}

/** The verbs that NATS carries. */
export const VERBS: { readonly [V in Verb]: VerbEntry<V> } = {
  apply: {
    summary: "run what is pending",
    access: "write",
    duration: "run",
    scope: "plugin",
    request: ApplyRequestSchema,
    reply: ApplyReplySchema,
  },
  rollback: {
    summary: "go one step back",
    access: "write",
    duration: "run",
    scope: "plugin",
    request: RollbackRequestSchema,
    reply: RollbackReplySchema,
  },
  rollout: {
    summary: "apply to every tenant, in waves",
    access: "write",
    duration: "run",
    scope: "plugin",
    request: RolloutRequestSchema,
    reply: RolloutReplySchema,
  },
  plan: {
    summary: "what a run would do",
    access: "read",
    duration: "run",
    scope: "plugin",
    request: PlanRequestSchema,
    reply: PlanReplySchema,
  },
  status: {
    summary: "what is applied, pending, failed or changed",
    access: "read",
    duration: "short",
    scope: "plugin",
    request: StatusRequestSchema,
    reply: StatusReplySchema,
  },
  history: {
    summary: "what was done, when and by whom",
    access: "read",
    duration: "short",
    scope: "plugin",
    request: HistoryRequestSchema,
    reply: HistoryReplySchema,
  },
  cancel: {
    summary: "end the run that has the database",
    access: "write",
    duration: "short",
    scope: "plugin",
    request: CancelRequestSchema,
    reply: CancelReplySchema,
  },
  backups: {
    summary: "list the backups",
    access: "read",
    duration: "long",
    scope: "plugin",
    request: BackupsRequestSchema,
    reply: BackupsReplySchema,
  },
  backup: {
    summary: "make a backup now",
    access: "write",
    duration: "run",
    scope: "plugin",
    request: BackupRequestSchema,
    reply: BackupReplySchema,
  },
  restore: {
    summary: "bring back a backup",
    access: "write",
    duration: "run",
    scope: "plugin",
    request: RestoreRequestSchema,
    reply: RestoreReplySchema,
  },
};

/** Every verb, those without a subject included. */
export const ALL_VERBS: { readonly [V in AnyVerb]: VerbEntry<V> } = {
  ...VERBS,
  check: {
    summary: "parse, rehearse and lint every file; for CI",
    access: "read",
    duration: "short",
    scope: "plugin",
    request: CheckRequestSchema,
    reply: CheckReplySchema,
  },
  diff: {
    summary: "the next file, from schema.sql",
    access: "read",
    duration: "short",
    scope: "plugin",
    request: DiffRequestSchema,
    reply: DiffReplySchema,
  },
  dump: {
    summary: "schema.sql, from the files",
    access: "read",
    duration: "short",
    scope: "plugin",
    request: DumpRequestSchema,
    reply: DumpReplySchema,
  },
  plugins: {
    summary: "list plugins",
    access: "read",
    duration: "short",
    scope: "all",
    request: PluginsRequestSchema,
    reply: PluginsReplySchema,
  },
};

/** The names of the verbs that NATS carries. */
export function verbs(): readonly Verb[] {
  return keysOf(VERBS);
}

/** The names of every verb. */
export function allVerbs(): readonly AnyVerb[] {
  return keysOf(ALL_VERBS);
}

function keysOf<Table extends object>(table: Table): readonly (keyof Table & string)[] {
  return Object.keys(table).filter((key): key is keyof Table & string => Object.hasOwn(table, key));
}
