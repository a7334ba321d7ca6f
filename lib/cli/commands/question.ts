// Requests as the command line makes them; they leave out what it does not set. Pure.

import type { AllMessages, Verb } from "../../message/verbs.ts";
import type {
  BackupCommand,
  CancelOptions,
  Command,
  CommonOptions,
  HistoryOptions,
  RolloutOptions,
  RunOptions,
} from "../command.ts";

/** A request and what it is about. */
export interface Question {
  readonly verb: Verb;
  readonly plugin: string;
  readonly request: AllMessages[Verb]["request"];
}

/** A command that is one request, whose reply is printed. */
export type Asking = Extract<
  Command,
  {
    readonly name:
      | "apply"
      | "rollback"
      | "status"
      | "rollout"
      | "history"
      | "cancel"
      | BackupCommand["verb"];
  }
>;

/** The request of a command. */
export function questionOf(command: Asking): Question {
  switch (command.name) {
    case "apply":
    case "rollback":
      return runQuestion(command.name, command.run, command.options);
    case "rollout":
      return rolloutQuestion(command.rollout, command.options);
    case "status":
      return statusQuestion(command.plugin, command.tenant);
    case "history":
      return historyQuestion(command.history);
    case "cancel":
      return cancelQuestion(command.cancel);
    case "backups":
    case "backup":
    case "restore":
      return backupQuestion(command.backups, command.options);
  }
  command satisfies never;
}

function runQuestion(
  verb: "apply" | "rollback",
  run: RunOptions,
  options: CommonOptions,
): Question {
  const request = {
    ...(run.tenant === undefined ? {} : { tenant: run.tenant }),
    ...(run.to === undefined ? {} : { target_version: run.to }),
    ...(run.dryRun ? { dry_run: true } : {}),
    ...(options.by === undefined ? {} : { applied_by: options.by }),
    ...(run.planHash === undefined ? {} : { plan_hash: run.planHash }),
    ...(run.transaction === undefined ? {} : { transaction: run.transaction }),
    ...(run.timeoutMs === undefined ? {} : { timeout_ms: run.timeoutMs }),
  };
  return { verb, plugin: run.plugin, request };
}

function rolloutQuestion(rollout: RolloutOptions, { by }: CommonOptions): Question {
  const request: AllMessages["rollout"]["request"] = {
    target_version: rollout.to,
    wave: rollout.wave,
    max_failures: rollout.maxFailures,
    max_rows_lost: rollout.maxRowsLost,
    parallel: rollout.parallel,
    dry_run: rollout.dryRun,
    applied_by: by,
    timeout_ms: rollout.timeoutMs,
  };
  return { verb: "rollout", plugin: rollout.plugin, request };
}

function statusQuestion(plugin: string, tenant: string | undefined): Question {
  return { verb: "status", plugin, request: tenant === undefined ? {} : { tenant } };
}

function historyQuestion({ plugin, tenant, limit, offset }: HistoryOptions): Question {
  const request = {
    ...(tenant === undefined ? {} : { tenant }),
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
  };
  return { verb: "history", plugin, request };
}

function cancelQuestion({ plugin, tenant, runId }: CancelOptions): Question {
  const request = {
    ...(tenant === undefined ? {} : { tenant }),
    ...(runId === undefined ? {} : { run_id: runId }),
  };
  return { verb: "cancel", plugin, request };
}

function backupQuestion(command: BackupCommand, { by }: CommonOptions): Question {
  const { verb, plugin } = command;
  const tenant = command.tenant === undefined ? {} : { tenant: command.tenant };
  if (command.verb === "backups") {
    return { verb, plugin, request: { ...tenant, ...(command.verify ? { verify: true } : {}) } };
  }
  const run = {
    ...tenant,
    ...(by === undefined ? {} : { applied_by: by }),
    ...(command.timeoutMs === undefined ? {} : { timeout_ms: command.timeoutMs }),
  };
  if (command.verb === "backup") return { verb, plugin, request: run };
  const dryRun = command.dryRun ? { dry_run: true } : {};
  return { verb, plugin, request: { ...run, backup: command.backup, ...dryRun } };
}
