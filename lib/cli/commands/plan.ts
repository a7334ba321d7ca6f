// `plan`: what an apply or a rollback would do, for reviewers.

import type { AllMessages } from "../../message/verbs.ts";
import type { CommonOptions, Environment, PlanOptions } from "../arguments.ts";
import type { Console } from "../console.ts";
import { printReply, type Question, replyTo } from "./ask.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";

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
  return reply === null ? EXIT.noReply : await printReply(reply, options, console);
}

/** The request of `plan`; it leaves out what the command line does not set. */
export function planQuestion(plan: PlanOptions, { json }: CommonOptions): Question {
  const rows = plan.rows ?? (json ? undefined : SHOWN_ROWS);
  const request: AllMessages["plan"]["request"] = {
    ...(plan.tenant === undefined ? {} : { tenant: plan.tenant }),
    ...(plan.down ? { direction: "rollback" } : {}),
    ...(plan.to === undefined ? {} : { target_version: plan.to }),
    ...(rows === undefined ? {} : { rows }),
    ...(plan.timeoutMs === undefined ? {} : { timeout_ms: plan.timeoutMs }),
  };
  return { verb: "plan", plugin: plan.plugin, request };
}
