// Writes the commands that replies show as the next step. Pure; runs anywhere.

import type { RestoreReply } from "../message/backup_reply.ts";
import type { PlanReply } from "../message/plan_reply.ts";
import { DEFAULT_PREFIX } from "../message/subject.ts";
import type { CommonOptions } from "./command.ts";

/** Where the request went, which the command names again where it is not the default. */
export type AskedAt = Pick<CommonOptions, "pluginsDir" | "dataDir" | "nats" | "prefix">;

/** The command line that runs exactly this plan, for a POSIX shell; `null` without steps. */
export function applyCommand(reply: PlanReply, at: AskedAt): string | null {
  const { direction, plugin_name: plugin, tenant, steps, to, plan_hash: hash } = reply;
  if (steps.length === 0) return null;
  // A file that is new by then is not part of this plan.
  const exactly = ["--to", String(to), "--plan-hash", hash];
  return commandLine([direction, plugin], [...option("--tenant", tenant), ...exactly], at);
}

/** The command line that undoes a restore; `null` where nothing was kept that can be restored. */
export function undoCommand(reply: RestoreReply, at: AskedAt): string | null {
  const { plugin_name: plugin, tenant, replaced, previous_version: previous } = reply;
  if (replaced === undefined || previous === null) return null;
  return commandLine(["restore", plugin, replaced], option("--tenant", tenant), at);
}

function commandLine(
  command: readonly string[],
  options: readonly string[],
  at: AskedAt,
): string {
  const here = [
    ...option("--plugins", at.pluginsDir, "./plugins"),
    ...option("--data", at.dataDir, "./data"),
  ];
  return [
    "godwit",
    ...command,
    ...options,
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
