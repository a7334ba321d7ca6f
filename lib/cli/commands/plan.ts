// `plan`: what an apply or a rollback would do, for reviewers.

import type { Reply } from "../../message/any_reply.ts";
import type { AllMessages } from "../../message/verbs.ts";
import { applyCommand } from "../next_command.ts";
import type { CommonOptions, Environment, PlanOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { paragraph } from "../render/layout.ts";
import { printReply, replyTo } from "./ask.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import type { Question } from "./question.ts";

// What a person looks through. The reply as JSON goes further, so it has rows only on request.
const SHOWN_ROWS = 20;

/** Plans, prints the plan, and returns the exit status. */
export async function runPlan(
  plan: PlanOptions,
  options: CommonOptions,
  console: Console,
  environment: Environment,
): Promise<ExitStatus> {
  const reply = await replyTo(planQuestion(plan, options), options, console, environment);
  if (reply === null) return EXIT.noReply;
  if (plan.html !== undefined) {
    const problem = await writePage(plan.html, reply, options);
    if (problem !== null) {
      console.err(paragraph(console.colors.red("✗"), problem));
      return EXIT.failure;
    }
  }
  if (plan.markdown && (!reply.success || reply.verb === "plan")) {
    const { planMarkdown } = await import("../render/plan_markdown.ts");
    console.out(planMarkdown(reply, reply.success ? applyCommand(reply, options) : null));
    return reply.success ? EXIT.success : EXIT.failure;
  }
  return await printReply(reply, options, console);
}

/** Writes the page of a plan, or of why there is none; returns what went wrong, or `null`. */
async function writePage(
  file: string,
  reply: Reply,
  options: CommonOptions,
): Promise<string | null> {
  if (reply.success && reply.verb !== "plan") return `The service answered as if to ${reply.verb}`;
  const { planPage } = await import("../../review/plan_page.ts");
  const command = reply.success ? applyCommand(reply, options) : null;
  try {
    // The rows in it are for its reviewers alone.
    await Deno.writeTextFile(file, await planPage(reply, command), { mode: 0o600 });
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `Cannot write ${file}: ${error.message}; name another file with --html`;
  }
}

/** The request of `plan`; it leaves out what the command line does not set. */
export function planQuestion(plan: PlanOptions, { json }: CommonOptions): Question {
  const isForPeople = !plan.markdown && (!json || plan.html !== undefined);
  const rows = plan.rows ?? (isForPeople ? SHOWN_ROWS : undefined);
  const request: AllMessages["plan"]["request"] = {
    ...(plan.tenant === undefined ? {} : { tenant: plan.tenant }),
    ...(plan.down ? { direction: "rollback" } : {}),
    ...(plan.to === undefined ? {} : { target_version: plan.to }),
    ...(rows === undefined ? {} : { rows }),
    ...(plan.omit === undefined ? {} : { omit: [...plan.omit] }),
    ...(plan.timeoutMs === undefined ? {} : { timeout_ms: plan.timeoutMs }),
  };
  return { verb: "plan", plugin: plan.plugin, request };
}
