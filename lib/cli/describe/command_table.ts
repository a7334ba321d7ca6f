// The commands and options as data, for completion and for the manual. Runs in Deno.

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { commandTree } from "../arguments.ts";
import { COMMANDS, OPTIONS } from "../help.ts";
import { type OptionValues, optionValues } from "./option_values.ts";

/** A command that can be run. */
export interface CommandEntry {
  /** `["apply"]`, `["rollout", "start"]`. */
  readonly words: readonly string[];
  readonly summary: string;
  /** As the usage shows them: `<plugin>`, `[description]`. */
  readonly parameters: readonly string[];
  /** Its own options, and those of every command. */
  readonly options: readonly OptionEntry[];
}

/** An option. */
export interface OptionEntry {
  /** `--to`. */
  readonly name: string;
  readonly meaning: string;
  /** What is used without it; `null` where the help names nothing. */
  readonly usual: string | null;
  /** What its value is called, and what it can be; `null` if it takes none. */
  readonly value: { readonly called: string; readonly values: OptionValues } | null;
}

/** The first sentence of the program about itself. */
export const ABOUT = "schema migrations for SQLite plugins";

/** What the commands about a rollout over nodes do; the help has one line for all of them. */
const ROLLOUT: Readonly<Record<string, string>> = {
  abort: "end a rollout; what is applied stays",
  approve: "let a rollout go on after its wave",
  lead: "lead a rollout that another process left",
  pause: "begin nothing more in a rollout",
  resume: "let a rollout go on that is paused or halted",
  status: "where each node of a rollout is",
  undo: "undo a rollout on the nodes that ran it",
};

/** Every command, in the order of the help. */
export function commandTable(): readonly CommandEntry[] {
  const tree = commandTree();
  const common = tree.options.flatMap(optionEntry);
  return Object.keys(COMMANDS).flatMap((name) => {
    const command = tree.commands.find((each) => each.name() === name);
    return command === undefined ? [] : entriesOf(command, [name], common);
  });
}

function entriesOf(
  command: CommandUnknownOpts,
  words: readonly string[],
  common: readonly OptionEntry[],
): readonly CommandEntry[] {
  if (command.commands.length > 0) {
    return command.commands.flatMap((each) => entriesOf(each, [...words, each.name()], common));
  }
  return [{
    words,
    summary: (words[0] === "rollout" ? ROLLOUT[words[1] ?? ""] : undefined) ??
      summaryOf(words[0] ?? ""),
    parameters: command.registeredArguments.map((each) =>
      each.required ? `<${each.name()}>` : `[${each.name()}]`
    ),
    options: [...command.options.flatMap(optionEntry), ...common],
  }];
}

/** Without the options that the help repeats beside some commands. */
function summaryOf(command: string): string {
  const [, summary = ""] = Object.entries(COMMANDS).find(([name]) => name === command)?.[1] ?? [];
  return summary.split(/ {3,}/)[0] ?? "";
}

function optionEntry({ long }: { readonly long?: string | undefined }): readonly OptionEntry[] {
  if (long === undefined || long === "--version") return [];
  const [usage = long, text = ""] = OPTIONS.find(([each]) => each.split(" ")[0] === long) ?? [];
  const called = usage.split(" ")[1];
  // The help puts the default apart.
  const [meaning = "", usual = null] = text.split(/\s{2,}/);
  const value = called === undefined ? null : { called, values: optionValues(long) };
  return [{ name: long, meaning: meaning.replace(/:$/, ""), usual, value }];
}
