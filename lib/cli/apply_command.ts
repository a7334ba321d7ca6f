// Writes the command that runs a reviewed plan. Pure; runs anywhere.

import type { PlanReply } from "../message/plan_reply.ts";
import { DEFAULT_PREFIX } from "../message/subject.ts";
import type { CommonOptions } from "./arguments.ts";

/** Where the plan was made, which the command names again where it is not the default. */
export type PlannedAt = Pick<CommonOptions, "pluginsDir" | "dataDir" | "nats" | "prefix">;

/** The command line that runs exactly this plan, for a POSIX shell; `null` without steps. */
export function applyCommand(reply: PlanReply, at: PlannedAt): string | null {
  const { direction, plugin_name: plugin, tenant, steps, to, plan_hash: hash } = reply;
  if (steps.length === 0) return null;
  const here = [
    ...option("--plugins", at.pluginsDir, "./plugins"),
    ...option("--data", at.dataDir, "./data"),
  ];
  return [
    "godwit",
    direction,
    plugin,
    ...option("--tenant", tenant),
    // A file that is new by then is not part of this plan.
    ...["--to", String(to), "--plan-hash", hash],
    ...(at.nats === undefined ? here : option("--nats", at.nats)),
    ...option("--prefix", at.prefix, DEFAULT_PREFIX),
  ].map(quoted).join(" ");
}

function option(name: string, value: string | undefined, usual?: string): readonly string[] {
  return value === undefined || value === usual ? [] : [name, value];
}

function quoted(argument: string): string {
  return /^[\w./:=@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
