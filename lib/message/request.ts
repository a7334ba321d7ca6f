// The requests of the wire contract and their parser. Runs anywhere.

import * as v from "valibot";

/** The size limit of a request, in bytes. Every valid request is far smaller. */
export const MAX_REQUEST_BYTES: number = 64 * 1024;

/** The time limit of a run unless the request sets one: ten minutes. */
export const DEFAULT_TIMEOUT_MS = 600_000;

const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;
const MAX_STATUS_LIMIT = 100_000;
const MAX_PLUGINS_LIMIT = 10_000;
const MAX_PLAN_ROWS = 100;
const MAX_HISTORY_LIMIT = 10_000;

const integer = (least: number, what: string): v.GenericSchema<number> =>
  v.pipe(
    v.number(`expected ${what}`),
    v.safeInteger(`expected ${what}`),
    v.minValue(least, `expected ${what}`),
  );

const tenant = v.pipe(
  v.string("expected a text"),
  // The grammar of plugin names: without a separator or a dot, a name is safe in a path.
  v.regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    "expected 1 to 64 characters: a-z, 0-9, _ and -, of which the first is a letter or a digit",
  ),
);

const DATABASE_FIELDS = { tenant: v.optional(tenant) };

const pageFields = (defaultLimit: number, most: number) => ({
  limit: v.optional(
    v.pipe(integer(1, "a whole number of 1 or more"), v.maxValue(most, `expected at most ${most}`)),
    defaultLimit,
  ),
  offset: v.optional(integer(0, "a whole number of 0 or more"), 0),
});

const timeoutMs = v.optional(
  v.pipe(
    integer(1, "a whole number of milliseconds, 1 or more"),
    v.maxValue(MAX_TIMEOUT_MS, `expected at most ${MAX_TIMEOUT_MS} milliseconds, a day`),
  ),
  DEFAULT_TIMEOUT_MS,
);

// The id is in the reply, in events and in the history, beside those that godwit makes.
const runId = v.optional(
  v.pipe(v.string("expected a text"), v.uuid("expected a UUID that no other run has")),
);

const applyTarget = v.optional(
  v.union(
    [integer(1, "a version"), v.literal("latest")],
    'expected a whole number of 1 or more, or "latest"',
  ),
  "latest",
);

const rollbackTarget = v.optional(integer(0, "a whole number of 0 or more"));

const RUN_FIELDS = {
  ...DATABASE_FIELDS,
  dry_run: v.optional(v.boolean("expected true or false"), false),
  applied_by: v.optional(
    v.pipe(
      v.string("expected a text"),
      // Control characters would let a name forge lines in logs and terminals.
      v.regex(/^[^\p{Cc}]{1,200}$/u, "expected 1 to 200 printable characters"),
    ),
    "system",
  ),
  plan_hash: v.optional(
    v.pipe(
      v.string("expected a text"),
      v.regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hex digits, as a dry run replies them"),
    ),
  ),
  transaction: v.optional(
    v.picklist(["migration", "plan"], 'expected "migration" or "plan"'),
    "migration",
  ),
  timeout_ms: timeoutMs,
  run_id: runId,
};

const PLAN_FIELDS = {
  ...DATABASE_FIELDS,
  rows: v.optional(
    v.pipe(
      integer(0, "a whole number of 0 or more"),
      v.maxValue(MAX_PLAN_ROWS, `expected at most ${MAX_PLAN_ROWS}`),
    ),
    0,
  ),
  omit: v.optional(
    v.array(
      v.picklist(["statements", "schemas"], 'expected "statements" or "schemas"'),
      "expected a list",
    ),
    [],
  ),
  timeout_ms: timeoutMs,
  run_id: runId,
};

/** The field of every request about a database. */
export interface DatabaseRequest {
  /** Whose database is meant, where a plugin has one for each customer, room or user. */
  tenant?: string | undefined;
}

/** The fields that apply and rollback share. */
export interface RunRequest extends DatabaseRequest {
  /** Run on the real rows and undo it all; `false` by default. */
  dry_run?: boolean | undefined;
  /** The name that the history records: 1 to 200 printable characters, `"system"` by default. */
  applied_by?: string | undefined;
  /** Run only the plan that has this hash, as a dry run replied it. */
  plan_hash?: string | undefined;
  /**
   * What is committed at a time: each migration, the default, or the whole plan, all or nothing.
   */
  transaction?: "migration" | "plan" | undefined;
  /** Interrupt the run after so many milliseconds; ten minutes by default. */
  timeout_ms?: number | undefined;
  /** The id of the run, a UUID that no other run has, so that it can be cancelled at any time. */
  run_id?: string | undefined;
}

/** `apply`: run the pending migrations up to a version. */
export interface ApplyRequest extends RunRequest {
  /** The version to end at; `"latest"` by default. */
  target_version?: number | "latest" | undefined;
}

/** `rollback`: run DOWN sections down to a version. */
export interface RollbackRequest extends RunRequest {
  /** The version that stays, 0 for none; by default the one before the current version. */
  target_version?: number | undefined;
}

/** `plan`: what an apply or a rollback would do, measured on the real rows and undone. */
export interface PlanRequest extends DatabaseRequest {
  /** Plan an apply, which is the default, or a rollback. */
  direction?: "apply" | "rollback" | undefined;
  /** The version to end at, as in a request of `apply` or `rollback`. */
  target_version?: number | "latest" | undefined;
  /**
   * How many of the lost rows of each table, and of the lost values of each column, to show; 0 by
   * default, because they are data, and 100 at most.
   */
  rows?: number | undefined;
  /** Parts to leave out where the reply would be too large. */
  omit?: PlanPart[] | undefined;
  /** Interrupt the dry run after so many milliseconds; ten minutes by default. */
  timeout_ms?: number | undefined;
  /** The id of the run, as in a request of `apply`. */
  run_id?: string | undefined;
}

/** A part of a plan that the request can leave out. */
export type PlanPart = "statements" | "schemas";

/** `status`: compare files and history. */
export interface StatusRequest extends DatabaseRequest {
  /** The most entries of each list in the reply; 100,000 by default. */
  limit?: number | undefined;
  /** How many entries of each list to leave out; 0 by default. */
  offset?: number | undefined;
}

/** `history`: list the attempts to apply or roll back, newest first. */
export interface HistoryRequest extends DatabaseRequest {
  /** The most entries in the reply; 50 by default, 10,000 at most. */
  limit?: number | undefined;
  /** How many of the newest entries to leave out; 0 by default. */
  offset?: number | undefined;
}

/** `cancel`: end the run that has the database. */
export interface CancelRequest extends DatabaseRequest {
  /** The only run that is meant; by default any. */
  run_id?: string | undefined;
}

/** `dump`: the schema of the files, or of the database, as a schema.sql. */
export interface DumpRequest extends DatabaseRequest {
  /** Read the database, and not the files; `false` by default. */
  live?: boolean | undefined;
}

/** A checked `dump`. */
export interface CheckedDump extends DatabaseRequest {
  /** Read the database, and not the files. */
  readonly live: boolean;
}

/** `plugins`: list the plugins and the databases of their tenants. */
export interface PluginsRequest {
  /** The most tenants in the reply; 100 by default, 10,000 at most. */
  limit?: number | undefined;
  /** How many tenants to leave out; 0 by default. */
  offset?: number | undefined;
}

/** `backups`: list the backups of a database. */
export interface BackupsRequest extends DatabaseRequest {
  /** Read every backup whole, and say what is wrong with it; `false` by default. */
  verify?: boolean | undefined;
  /** The most backups in the reply; 1,000 by default. */
  limit?: number | undefined;
  /** How many of the newest backups to leave out; 0 by default. */
  offset?: number | undefined;
}

/** `backup`: make a backup now. */
export type BackupRequest =
  & DatabaseRequest
  & Pick<RunRequest, "applied_by" | "timeout_ms" | "run_id">;

/** `restore`: put a backup in the place of the database. */
export interface RestoreRequest
  extends DatabaseRequest, Pick<RunRequest, "applied_by" | "dry_run" | "timeout_ms" | "run_id"> {
  /** The name of a backup, or `"latest"`. */
  backup: string;
}

/** `check`: parse, rehearse and lint every file. */
export interface CheckRequest extends DatabaseRequest {
  /** Try every file on rows, up, down and up again, and compare; `false` by default. */
  prove?: boolean | undefined;
  /** Prove pending files on the rows of the database too; `false` by default. */
  live?: boolean | undefined;
}

/** A request as its handler gets it: checked, with every default filled in. */
export type Checked<Request, Defaulted extends keyof Request> =
  & Omit<Request, Defaulted>
  & { readonly [Field in Defaulted]-?: Exclude<Request[Field], undefined> };

/** The checked fields that apply and rollback share. */
export type CheckedRun = Checked<
  RunRequest,
  "dry_run" | "applied_by" | "timeout_ms" | "transaction"
>;

/** A checked `apply`. */
export type CheckedApply = CheckedRun & { readonly target_version: number | "latest" };

/** A checked `rollback`. */
export type CheckedRollback = CheckedRun & Pick<RollbackRequest, "target_version">;

/** A checked `plan`. */
export type CheckedPlan =
  & Checked<Omit<PlanRequest, "direction" | "target_version">, "rows" | "omit" | "timeout_ms">
  & (
    | { readonly direction: "apply"; readonly target_version: number | "latest" }
    | { readonly direction: "rollback"; readonly target_version?: number | undefined }
  );

/** A checked `status`. */
export type CheckedStatus = Checked<StatusRequest, "limit" | "offset">;

/** A checked `history`. */
export type CheckedHistory = Checked<HistoryRequest, "limit" | "offset">;

/** A checked `check`. */
export type CheckedCheck = Checked<CheckRequest, "prove" | "live">;

/** A checked `plugins`. */
export type CheckedPlugins = Checked<PluginsRequest, "limit" | "offset">;

/** A checked `backups`. */
export type CheckedBackups = Checked<BackupsRequest, "verify" | "limit" | "offset">;

/** A checked `backup`. */
export type CheckedBackup = Checked<BackupRequest, "applied_by" | "timeout_ms">;

/** A checked `restore`. */
export type CheckedRestore = Checked<RestoreRequest, "applied_by" | "dry_run" | "timeout_ms">;

/** The schema of an apply request. */
export const ApplyRequestSchema: v.GenericSchema<ApplyRequest, CheckedApply> = v.strictObject({
  target_version: applyTarget,
  ...RUN_FIELDS,
});

/** The schema of a rollback request. */
export const RollbackRequestSchema: v.GenericSchema<RollbackRequest, CheckedRollback> = v
  .strictObject({
    target_version: rollbackTarget,
    ...RUN_FIELDS,
  });

/** The schema of a plan request. */
export const PlanRequestSchema: v.GenericSchema<PlanRequest, CheckedPlan> = v.variant(
  "direction",
  [
    v.strictObject({
      direction: v.optional(v.literal("apply"), "apply"),
      target_version: applyTarget,
      ...PLAN_FIELDS,
    }),
    v.strictObject({
      direction: v.literal("rollback"),
      target_version: rollbackTarget,
      ...PLAN_FIELDS,
    }),
  ],
  'expected "apply" or "rollback"',
);

/** The schema of a status request. */
export const StatusRequestSchema: v.GenericSchema<StatusRequest, CheckedStatus> = v.strictObject({
  ...DATABASE_FIELDS,
  ...pageFields(MAX_STATUS_LIMIT, MAX_STATUS_LIMIT),
});

/** The schema of a history request. */
export const HistoryRequestSchema: v.GenericSchema<HistoryRequest, CheckedHistory> = v
  .strictObject({ ...DATABASE_FIELDS, ...pageFields(50, MAX_HISTORY_LIMIT) });

/** The schema of a cancel request. */
export const CancelRequestSchema: v.GenericSchema<CancelRequest> = v.strictObject({
  ...DATABASE_FIELDS,
  run_id: v.optional(
    v.pipe(
      v.string("expected a text"),
      v.regex(/^[\x21-\x7e]{1,100}$/, "expected the run_id of an event or of status"),
    ),
  ),
});

/** The schema of a plugins request. */
export const PluginsRequestSchema: v.GenericSchema<PluginsRequest, CheckedPlugins> = v
  .strictObject(pageFields(100, MAX_PLUGINS_LIMIT));

/** The schema of a dump request. */
export const DumpRequestSchema: v.GenericSchema<DumpRequest, CheckedDump> = v.strictObject({
  ...DATABASE_FIELDS,
  live: v.optional(v.boolean("expected true or false"), false),
});

/** The schema of a backups request. */
export const BackupsRequestSchema: v.GenericSchema<BackupsRequest, CheckedBackups> = v.strictObject(
  {
    ...DATABASE_FIELDS,
    verify: v.optional(v.boolean("expected true or false"), false),
    ...pageFields(1_000, 10_000),
  },
);

/** The schema of a backup request. */
export const BackupRequestSchema: v.GenericSchema<BackupRequest, CheckedBackup> = v.strictObject({
  ...DATABASE_FIELDS,
  applied_by: RUN_FIELDS.applied_by,
  timeout_ms: RUN_FIELDS.timeout_ms,
  run_id: RUN_FIELDS.run_id,
});

const BACKUP_NAME = 'expected the name of a backup, as "backups" lists it, or "latest"';

/** The schema of a restore request. */
export const RestoreRequestSchema: v.GenericSchema<RestoreRequest, CheckedRestore> = v.strictObject(
  {
    ...DATABASE_FIELDS,
    backup: v.pipe(
      v.string(BACKUP_NAME),
      v.minLength(1, BACKUP_NAME),
      v.maxLength(255, "expected at most 255 characters"),
    ),
    applied_by: RUN_FIELDS.applied_by,
    dry_run: RUN_FIELDS.dry_run,
    timeout_ms: RUN_FIELDS.timeout_ms,
    run_id: RUN_FIELDS.run_id,
  },
  // The message where a key is missing.
  BACKUP_NAME,
);

/** The schema of a check request. */
export const CheckRequestSchema: v.GenericSchema<CheckRequest, CheckedCheck> = v.pipe(
  v.strictObject({
    ...DATABASE_FIELDS,
    prove: v.optional(v.boolean("expected true or false"), false),
    live: v.optional(v.boolean("expected true or false"), false),
  }),
  v.check(({ prove, live }) => prove || !live, '"live" goes with "prove"'),
  v.check(({ live, tenant }) => live || tenant === undefined, '"tenant" goes with "live"'),
);

/**
 * A request that fits its schema, or why it does not. `tenant` is the one that it names; `null`
 * where it names none, or one that no tenant can have.
 */
export type ParsedRequest<Request> =
  & { readonly tenant: string | null }
  & (
    | { readonly ok: true; readonly request: Request }
    | { readonly ok: false; readonly message: string }
  );

/** Reads the payload of a request: UTF-8 JSON of at most 64 KiB; an empty payload means `{}`. */
export function parseRequest<Request>(
  schema: v.GenericSchema<unknown, Request>,
  payload: Uint8Array,
): ParsedRequest<Request> {
  if (payload.length > MAX_REQUEST_BYTES) {
    return refuse(`The request has ${payload.length} bytes; the most is ${MAX_REQUEST_BYTES}`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    return refuse("The request is not UTF-8; send JSON as UTF-8");
  }
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch (error) {
    return refuse(
      `The request is not JSON: ${error instanceof Error ? error.message : "no value"}`,
    );
  }
  return checkRequest(schema, value);
}

/** Checks a value against a request's schema; every problem is named, unknown keys included. */
export function checkRequest<Request>(
  schema: v.GenericSchema<unknown, Request>,
  value: unknown,
): ParsedRequest<Request> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("The request is not a JSON object");
  }
  const result = v.safeParse(schema, value);
  const named = v.safeParse(TenantSchema, value);
  const tenant = named.success ? named.output.tenant : null;
  if (result.success) return { ok: true, tenant, request: result.output };
  const message = `The request is refused: ${result.issues.map(describeIssue).join("; ")}`;
  return { ok: false, tenant, message };
}

const TenantSchema = v.object({ tenant });

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "request";
  if (issue.type !== "strict_object") return `${path}: ${issue.message}`;
  return issue.expected === "never"
    ? `unknown key ${JSON.stringify(path)}`
    : `${JSON.stringify(path)} is missing: ${issue.message}`;
}

function refuse(message: string): ParsedRequest<never> {
  return { ok: false, tenant: null, message };
}
