// Gets the reply to a request, from this process or from a running service, and prints it.

import { type Migrator, openMigrator } from "../../migrator.ts";
import type { Reply } from "../../message/any_reply.ts";
import type { CommonOptions, Environment } from "../command.ts";
import type { Console } from "../console.ts";
import { processLog } from "../process_log.ts";
import type { ProgressBar } from "../render/progress_bar.ts";
import { hasUnfitBackup, isComplete } from "../successes.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import type { Question } from "./question.ts";
import { announcedSignals } from "./stop_signals.ts";

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
  return isGood(reply) ? EXIT.success : EXIT.failure;
}

function isGood(reply: Reply): boolean {
  if (!reply.success) return false;
  if (reply.verb === "backups") return !hasUnfitBackup(reply.backups);
  return reply.verb !== "rollout" || isComplete(reply);
}

/** Sends the request; `null` where there is no reply, after printing why. */
export async function replyTo(
  question: Question,
  options: CommonOptions,
  console: Console,
  environment: Environment,
): Promise<Reply | null> {
  if (options.nats === undefined) return await askHere(question, options, console);
  const { askService } = await import("./ask_service.ts");
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
  // Ctrl-C cancels the run; the reply reports it.
  using signals = announcedSignals(options, console);
  await using migrator = await openMigrator({
    ...options.databases,
    plugins: options.pluginsDir,
    data: options.dataDir,
    // The reply says how it went.
    log: processLog(console, options.json, "error"),
    signal: signals.asked,
  });
  // Loaded by now: the migrator uses it too.
  const { call } = await import("../../handler/dispatch.ts");
  const bar = console.isWatched && !options.json ? await watchedBar(migrator) : null;
  try {
    return await call(question.verb, question.plugin, question.request, migrator.context);
  } finally {
    bar?.stop();
  }
}

async function watchedBar({ subscribe }: Migrator): Promise<ProgressBar> {
  const { progressBar } = await import("../render/progress_bar.ts");
  const bar = progressBar();
  subscribe(bar.follow);
  return bar;
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
    case "rollout": {
      const { renderRollout } = await import("../render/rollout.ts");
      return renderRollout(reply, console.colors);
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
