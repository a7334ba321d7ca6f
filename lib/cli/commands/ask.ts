// `apply`, `rollback`, `status`, `history`, `cancel`: one request, answered in this process or by a
// running service. Other commands send theirs with it.

import { sleep } from "../../deadline.ts";
import { openMigrator } from "../../migrator.ts";
import { call } from "../../handler/dispatch.ts";
import { type AllMessages, type Verb, VERBS } from "../../message/verbs.ts";
import { DEFAULT_TIMEOUT_MS } from "../../message/request.ts";
import { parseReply, type Reply } from "../../message/any_reply.ts";
import type {
  BackupCommand,
  CancelOptions,
  CommonOptions,
  Environment,
  HistoryOptions,
  RunOptions,
} from "../command.ts";
import type { Console } from "../console.ts";
import { credentialsFrom } from "../credentials.ts";
import { processLog } from "../process_log.ts";
import { hasUnfitBackup } from "../unfit_backups.ts";
import { progressBar } from "../render/progress_bar.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { type StopSignals, stopSignals } from "./stop_signals.ts";

/** A request as the command line makes it. */
export interface Question {
  readonly verb: Verb;
  readonly plugin: string;
  readonly request: AllMessages[Verb]["request"];
}

// The reply to a run comes at its end; any other request is answered at once.
const READ_TIMEOUT_MS = 10_000;
const REPLY_MARGIN_MS = 10_000;
const CANCEL_AGAIN_MS = 500;

/** The request of `apply` and `rollback`; it leaves out what the command line does not set. */
export function runQuestion(
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

/** The request of `status`. */
export function statusQuestion(plugin: string, tenant: string | undefined): Question {
  return { verb: "status", plugin, request: tenant === undefined ? {} : { tenant } };
}

/** The request of `history`. */
export function historyQuestion({ plugin, tenant, limit, offset }: HistoryOptions): Question {
  const request = {
    ...(tenant === undefined ? {} : { tenant }),
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
  };
  return { verb: "history", plugin, request };
}

/** The request of `cancel`. */
export function cancelQuestion({ plugin, tenant, runId }: CancelOptions): Question {
  const request = {
    ...(tenant === undefined ? {} : { tenant }),
    ...(runId === undefined ? {} : { run_id: runId }),
  };
  return { verb: "cancel", plugin, request };
}

/** The request of `backups`, `backup` and `restore`. */
export function backupQuestion(command: BackupCommand, { by }: CommonOptions): Question {
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

/** Sends the request, prints the reply and returns the exit status. */
export async function ask(
  question: Question,
  options: CommonOptions,
  console: Console,
  environment: Environment,
): Promise<ExitStatus> {
  const reply = await replyTo(question, options, console, environment);
  return reply === null ? EXIT.noReply : await printReply(reply, options, console);
}

/** Prints a reply, and returns the exit status that it means. */
export async function printReply(
  reply: Reply,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  if (options.json) console.out(JSON.stringify(reply));
  else if (reply.success) console.out(await render(reply, options, console));
  else {
    const { renderFailure } = await import("../render/failure.ts");
    console.err(renderFailure(reply, console.colors));
  }
  const isGood = reply.success && !(reply.verb === "backups" && hasUnfitBackup(reply.backups));
  return isGood ? EXIT.success : EXIT.failure;
}

/** Sends the request; `null` where there is no reply, after printing why. */
export async function replyTo(
  question: Question,
  options: CommonOptions,
  console: Console,
  environment: Environment,
): Promise<Reply | null> {
  if (options.nats === undefined) return await askHere(question, options, console);
  const answer = await askService(question, options, options.nats, console, environment);
  if (answer.ok) return answer.reply;
  const { paragraph } = await import("../render/layout.ts");
  console.err(paragraph(console.colors.red("✗"), answer.message));
  return null;
}

async function askHere(
  question: Question,
  options: CommonOptions,
  console: Console,
): Promise<Reply> {
  const bar = console.isWatched && !options.json ? progressBar() : null;
  // Ctrl-C cancels the run; the reply reports it.
  using signals = announcedSignals(options, console);
  await using migrator = await openMigrator({
    ...options.databases,
    plugins: options.pluginsDir,
    data: options.dataDir,
    log: processLog(console, options.json),
    signal: signals.asked,
  });
  if (bar !== null) migrator.subscribe(bar.follow);
  try {
    return await call(question.verb, question.plugin, question.request, migrator.context);
  } finally {
    bar?.stop();
  }
}

/** Ctrl-C as signals: the first says that the run is cancelled, the second ends the process. */
function announcedSignals({ json }: CommonOptions, console: Console): StopSignals {
  const signals = stopSignals();
  signals.asked.addEventListener("abort", () => {
    if (!json) console.err("Cancelling; migrations that are not committed are rolled back");
  });
  // An exit at once is safe: SQLite rolls back the transaction of a process that has ended.
  signals.insisted.addEventListener("abort", () => Deno.exit(EXIT.failure));
  return signals;
}

async function askService(
  { verb, plugin, request }: Question,
  options: CommonOptions,
  url: string,
  console: Console,
  environment: Environment,
): Promise<
  { readonly ok: true; readonly reply: Reply } | { readonly ok: false; readonly message: string }
> {
  const { requestRemotely } = await import("../../nats/remote_request.ts");
  const credentials = await credentialsFrom(environment);
  if (!credentials.ok) return credentials;
  const runTimeoutMs = "timeout_ms" in request ? request.timeout_ms : undefined;
  const { duration } = VERBS[verb];
  const timeoutMs = duration === "short"
    ? READ_TIMEOUT_MS
    : (runTimeoutMs ?? DEFAULT_TIMEOUT_MS) + REPLY_MARGIN_MS;
  const settings = { url, credentials: credentials.credentials };
  const { prefix } = options;
  // The service runs it, so the service cancels it.
  using signals = duration === "run" ? announcedSignals(options, console) : null;
  const run = signals === null ? {} : { run_id: crypto.randomUUID() };
  const tenant = request.tenant === undefined ? {} : { tenant: request.tenant };
  const over = new AbortController();
  signals?.asked.addEventListener("abort", async () => {
    const cancel = { prefix, plugin, verb: "cancel", body: { ...tenant, ...run } };
    // The request for the run may not have reached the service yet.
    while (!over.signal.aborted) {
      await requestRemotely(settings, { ...cancel, timeoutMs: READ_TIMEOUT_MS });
      await sleep(CANCEL_AGAIN_MS, over.signal);
    }
  });
  const body = { ...request, ...run };
  const answer = await requestRemotely(settings, { prefix, plugin, verb, body, timeoutMs });
  over.abort();
  if (!answer.ok) return answer;
  const reply = parseReply(answer.reply);
  return reply === null
    ? {
      ok: false,
      message: "Cannot read the reply of the service; use the same version of godwit on both sides",
    }
    : { ok: true, reply };
}

async function render(
  reply: Extract<Reply, { success: true }>,
  options: CommonOptions,
  console: Console,
): Promise<string> {
  switch (reply.verb) {
    case "apply":
    case "rollback": {
      const { renderRun } = await import("../render/run.ts");
      return renderRun(reply, console.colors);
    }
    case "plan": {
      const { applyCommand } = await import("../next_command.ts");
      const { renderPlan } = await import("../render/plan.ts");
      return renderPlan(reply, applyCommand(reply, options), console.colors);
    }
    case "cancel": {
      const { paragraph } = await import("../render/layout.ts");
      return paragraph(console.colors.green(reply.cancelled ? "✓" : "○"), reply.message);
    }
    case "backups":
    case "backup": {
      const { renderBackups } = await import("../render/backups.ts");
      return renderBackups(reply, console.colors);
    }
    case "restore": {
      const { undoCommand } = await import("../next_command.ts");
      const { renderRestore } = await import("../render/restore.ts");
      return renderRestore(reply, undoCommand(reply, options), console.colors);
    }
    case "status": {
      const { renderStatus } = await import("../render/status.ts");
      return renderStatus(reply, console.colors);
    }
    case "history": {
      const { renderHistory } = await import("../render/history.ts");
      return renderHistory(reply, console.colors);
    }
  }
  reply satisfies never;
}
