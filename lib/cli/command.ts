// A command line that was read. Types alone.

import type { BackupPolicy } from "../backup/backup_rules.ts";
import type { LogLevel } from "./process_log.ts";
import type { HttpAddress } from "../http/operations_server.ts";
import type { OperatorCommand } from "../fleet/commands.ts";
import type { Labels } from "../fleet/labels.ts";
import type { FailureLimit } from "../fleet/limits.ts";
import type { NodeIdentity } from "../fleet/node_identity.ts";
import type { ApprovalGate, FleetLimits } from "../fleet/rollout_record.ts";
import type { PlanPart } from "../message/request.ts";

/** Options of every command. */
export interface CommonOptions {
  readonly pluginsDir: string;
  readonly dataDir: string;
  readonly json: boolean;
  readonly by: string | undefined;
  readonly prefix: string;
  /** The URL that `--nats` gives; `undefined` means the command runs in this process. */
  readonly nats: string | undefined;
  /** How databases are opened in this process. */
  readonly databases: DatabaseOptions;
}

/** Options of the migrator; those that are missing have its defaults. */
export interface DatabaseOptions {
  readonly maxPluginBytes?: number;
  readonly journalMode?: "delete" | "wal";
  readonly busyTimeoutMs?: number;
  readonly exclusive?: boolean;
  readonly backup?: BackupPolicy;
  readonly keepBackups?: number;
  readonly keepBackupsDays?: number;
  readonly keepBackupsBytes?: number;
}

/** Options of `apply` and `rollback`. */
export interface RunOptions {
  readonly plugin: string;
  readonly tenant: string | undefined;
  readonly to: number | "latest" | undefined;
  readonly dryRun: boolean;
  readonly planHash: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly transaction: "migration" | "plan" | undefined;
}

/** Options of `rollout start`, and of `apply --all-tenants`. */
export interface RolloutOptions {
  readonly plugin: string;
  readonly to: number | "latest" | undefined;
  readonly wave?: string | undefined;
  readonly maxFailures?: FailureLimit | undefined;
  readonly maxRowsLost?: number | undefined;
  readonly parallel?: number | undefined;
  readonly dryRun: boolean;
  readonly timeoutMs: number | undefined;
}

/** Options of `plan`. */
export interface PlanOptions {
  readonly plugin: string;
  readonly tenant: string | undefined;
  readonly to: number | "latest" | undefined;
  /** Plan a rollback. */
  readonly down: boolean;
  readonly rows: number | undefined;
  /** Parts to leave out of the reply. */
  readonly omit: readonly PlanPart[] | undefined;
  /** The page to write. */
  readonly html: string | undefined;
  /** Print it as the comment of a pull request. */
  readonly markdown: boolean;
  readonly timeoutMs: number | undefined;
}

/** Options of `history`. */
export interface HistoryOptions {
  readonly plugin: string;
  readonly tenant: string | undefined;
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

/** Options of `cancel`. */
export interface CancelOptions {
  readonly plugin: string;
  readonly tenant: string | undefined;
  readonly runId: string | undefined;
}

/** Options of `backups`, `backup` and `restore`. */
export type BackupCommand =
  & { readonly plugin: string; readonly tenant: string | undefined }
  & (
    | { readonly verb: "backups"; readonly verify: boolean }
    | { readonly verb: "backup"; readonly timeoutMs: number | undefined }
    | {
      readonly verb: "restore";
      /** A name, or `latest`. */
      readonly backup: string;
      readonly dryRun: boolean;
      readonly timeoutMs: number | undefined;
    }
  );

/** Options of `check`. */
export interface CheckOptions {
  /** All plugins if it is missing. */
  readonly plugin: string | undefined;
  readonly prove: boolean;
  /** Prove on the rows of the database too. */
  readonly live: boolean;
  readonly tenant: string | undefined;
  /** What to do with what cures a finding: ask, or write it at once; `null` to show it alone. */
  readonly fix: "ask" | "write" | null;
  readonly format: CheckFormat;
  /** The git revision from which files must differ to be looked at. */
  readonly since: string | undefined;
}

/** What the findings of `check` are written as. */
export type CheckFormat = "text" | "json" | "github" | "sarif" | "junit";

/** Options of `serve`. */
export interface ServeOptions {
  /** After the first signal a run may go on so long before it is rolled back. */
  readonly graceMs: number;
  /** Where health and metrics are answered; nowhere if it is missing. */
  readonly http: HttpAddress | undefined;
  /** With less free space the service is not ready. */
  readonly minFreeBytes: number;
  /** As which node it takes part in rollouts; `null` where it does not. */
  readonly node: NodeIdentity | null;
  /** How bad something must be to be logged. */
  readonly logLevel: LogLevel;
}

/** A command about the nodes of a fleet. */
export type FleetCommand =
  | {
    readonly kind: "start";
    readonly plugin: string;
    readonly to: number | "latest";
    readonly waves: string;
    readonly select: Labels;
    readonly canary: Labels | null;
    readonly approval: ApprovalGate;
    readonly limits: FleetLimits;
    /** The file of the publisher's key that signs the bundle. */
    readonly keyFile: string | undefined;
    readonly detach: boolean;
  }
  | { readonly kind: "status"; readonly plugin: string; readonly watch: boolean }
  | { readonly kind: "lead"; readonly plugin: string }
  | {
    readonly kind: "command";
    readonly plugin: string;
    readonly given: Exclude<OperatorCommand, { kind: "resume" }>;
    readonly detach: boolean;
  }
  | {
    readonly kind: "resume";
    readonly plugin: string;
    readonly resume: {
      readonly limits: Partial<FleetLimits>;
      readonly without: readonly string[];
      /** Whether what the first wave did not have may run all the same. */
      readonly accept: { readonly plans: boolean; readonly findings: boolean };
    };
    readonly detach: boolean;
  }
  | {
    readonly kind: "nodes";
    readonly plugin: string | undefined;
    /** On how many servers buckets are stored that are missing and made now. */
    readonly replicas: number | undefined;
  };

/** Options of `bundle`. */
export interface BundleOptions {
  readonly plugin: string;
  /** The module to write; by default `./<plugin>.bundle.js`. */
  readonly out: string | undefined;
  /** Replace files that godwit did not make. */
  readonly overwrite: boolean;
  /** The file of the publisher's key that signs it. */
  readonly keyFile: string | undefined;
}

/** Options of `diff`. */
export interface DiffOptions {
  readonly plugin: string;
  readonly description: string | undefined;
  /** The wanted schema; by default the plugin's schema.sql. */
  readonly schemaFile: string | undefined;
  readonly renames: readonly string[];
  readonly noRename: boolean;
  /** The SQLite that the file may require. */
  readonly requires: string | undefined;
  /** Compare alone. */
  readonly check: boolean;
}

/** A shell that completes godwit's command lines. */
export type Shell = "bash" | "zsh" | "fish";

/** A valid command line. */
export type Command =
  & { readonly options: CommonOptions }
  & (
    | { readonly name: "apply" | "rollback"; readonly run: RunOptions }
    | { readonly name: "rollout"; readonly rollout: RolloutOptions }
    | { readonly name: "plan"; readonly plan: PlanOptions }
    | { readonly name: "status"; readonly plugin: string; readonly tenant: string | undefined }
    | { readonly name: "tenants"; readonly plugin: string }
    | { readonly name: "history"; readonly history: HistoryOptions }
    | { readonly name: "cancel"; readonly cancel: CancelOptions }
    | { readonly name: BackupCommand["verb"]; readonly backups: BackupCommand }
    | { readonly name: "check"; readonly check: CheckOptions }
    | { readonly name: "new"; readonly plugin: string; readonly description: string }
    | { readonly name: "diff"; readonly diff: DiffOptions }
    | {
      readonly name: "dump";
      readonly plugin: string;
      readonly live: boolean;
      readonly tenant: string | undefined;
    }
    | { readonly name: "bundle"; readonly bundle: BundleOptions }
    | { readonly name: "serve"; readonly serve: ServeOptions }
    | { readonly name: "fleet"; readonly fleet: FleetCommand }
    | { readonly name: "key"; readonly file: string }
    | { readonly name: "plugins"; readonly namesOnly: boolean }
    | { readonly name: "demo" | "doctor" | "man" }
    | { readonly name: "completion"; readonly shell: Shell }
  );

/** A command, a request for help, or what is wrong with the command line. */
export type Arguments =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "help" | "version" }
  | { readonly kind: "usage"; readonly message: string };

/** Looks up an environment variable. */
export type Environment = (name: string) => string | undefined;
