// The requests of the wire contract. Runs anywhere.

/** The time limit of a run unless the request sets one: ten minutes. */
export const DEFAULT_TIMEOUT_MS = 600_000;

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

/** `plugins`: list the plugins and the databases of their tenants. */
export interface PluginsRequest {
  /** The only plugin to list, with its tenants; all of them by default. */
  plugin?: string | undefined;
  /**
   * List the tenants and open no database: versions and counts in the reply are `null`, and `locked`
   * is `false`. `false` by default.
   */
  names_only?: boolean | undefined;
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

/** A checked `dump`. */
export type CheckedDump = Checked<DumpRequest, "live">;

/** A checked `plugins`. */
export type CheckedPlugins = Checked<PluginsRequest, "names_only" | "limit" | "offset">;

/** A checked `backups`. */
export type CheckedBackups = Checked<BackupsRequest, "verify" | "limit" | "offset">;

/** A checked `backup`. */
export type CheckedBackup = Checked<BackupRequest, "applied_by" | "timeout_ms">;

/** A checked `restore`. */
export type CheckedRestore = Checked<RestoreRequest, "applied_by" | "dry_run" | "timeout_ms">;
