// The schemas of the requests. Runs anywhere.

import * as v from "valibot";
import {
  type ApplyRequest,
  type BackupRequest,
  type BackupsRequest,
  type CancelRequest,
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
  type CheckedStatus,
  type CheckRequest,
  DEFAULT_TIMEOUT_MS,
  type DumpRequest,
  type HistoryRequest,
  type PlanRequest,
  type PluginsRequest,
  type RestoreRequest,
  type RollbackRequest,
  type StatusRequest,
} from "./request.ts";

const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;
const MAX_STATUS_LIMIT = 100_000;
const MAX_PLUGINS_LIMIT = 10_000;
const MAX_PLAN_ROWS = 100;
const MAX_HISTORY_LIMIT = 10_000;

/** The schema of a whole number of `least` or more. */
export const integer = (least: number, what: string): v.GenericSchema<number> =>
  v.pipe(
    v.number(`expected ${what}`),
    v.safeInteger(`expected ${what}`),
    v.minValue(least, `expected ${what}`),
  );

/** The schema of a tenant's name. */
export const tenant = v.pipe(
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

/** The schema of a switch that is off by default. */
export const flag = v.optional(v.boolean("expected true or false"), false);

/** The schema of a time limit. */
export const timeoutMs = v.optional(
  v.pipe(
    integer(1, "a whole number of milliseconds, 1 or more"),
    v.maxValue(MAX_TIMEOUT_MS, `expected at most ${MAX_TIMEOUT_MS} milliseconds, a day`),
  ),
  DEFAULT_TIMEOUT_MS,
);

/** The schema of a run's id, which is in the reply, in events and in the history. */
export const runId = v.optional(
  v.pipe(v.string("expected a text"), v.uuid("expected a UUID that no other run has")),
);

/** The schema of the version that an apply ends at. */
export const applyTarget = v.optional(
  v.union(
    [integer(1, "a version"), v.literal("latest")],
    'expected a whole number of 1 or more, or "latest"',
  ),
  "latest",
);

const rollbackTarget = v.optional(integer(0, "a whole number of 0 or more"));

/** The schema of who applies. */
export const appliedBy = v.optional(
  v.pipe(
    v.string("expected a text"),
    // Control characters would let a name forge lines in logs and terminals.
    v.regex(/^[^\p{Cc}]{1,200}$/u, "expected 1 to 200 printable characters"),
  ),
  "system",
);

const RUN_FIELDS = {
  ...DATABASE_FIELDS,
  dry_run: flag,
  applied_by: appliedBy,
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
  .strictObject({
    // The grammar of a tenant's name is that of a plugin's.
    plugin: v.optional(tenant),
    names_only: flag,
    ...pageFields(100, MAX_PLUGINS_LIMIT),
  });

/** The schema of a dump request. */
export const DumpRequestSchema: v.GenericSchema<DumpRequest, CheckedDump> = v.strictObject({
  ...DATABASE_FIELDS,
  live: flag,
});

/** The schema of a backups request. */
export const BackupsRequestSchema: v.GenericSchema<BackupsRequest, CheckedBackups> = v.strictObject(
  {
    ...DATABASE_FIELDS,
    verify: flag,
    ...pageFields(1_000, 10_000),
  },
);

/** The schema of a backup request. */
export const BackupRequestSchema: v.GenericSchema<BackupRequest, CheckedBackup> = v.strictObject({
  ...DATABASE_FIELDS,
  applied_by: appliedBy,
  timeout_ms: timeoutMs,
  run_id: runId,
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
    applied_by: appliedBy,
    dry_run: flag,
    timeout_ms: timeoutMs,
    run_id: runId,
  },
  // The message where a key is missing.
  BACKUP_NAME,
);

/** The schema of a check request. */
export const CheckRequestSchema: v.GenericSchema<CheckRequest, CheckedCheck> = v.pipe(
  v.strictObject({
    ...DATABASE_FIELDS,
    prove: flag,
    live: flag,
  }),
  v.check(({ prove, live }) => prove || !live, '"live" goes with "prove"'),
  v.check(({ live, tenant }) => live || tenant === undefined, '"tenant" goes with "live"'),
);
