// Completion for fish, with what commands and options mean. Pure.

import type { CommandEntry, OptionEntry } from "./command_table.ts";

/** Writes the script that completes `godwit` in fish. */
export function fishCompletion(commands: readonly CommandEntry[]): string {
  const firsts = new Map(commands.map(({ words, summary }) => [words[0] ?? "", summary]));
  const lines = [
    ...[...firsts].map(([word, summary]) =>
      complete("__fish_use_subcommand", `-a ${word} -d ${quoted(summary)}`)
    ),
    ...commands.flatMap(commandLines),
  ];
  return `# Completion of godwit for fish: godwit completion fish > ~/.config/fish/completions/godwit.fish

function __godwit_plugins
    set -q GODWIT_PLUGINS; and set -l directory $GODWIT_PLUGINS; or set -l directory ./plugins
    for path in $directory/*/migrations
        basename (dirname $path)
    end
end

complete -c godwit -f
${lines.join("\n")}
`;
}

function commandLines({ words, parameters, options }: CommandEntry): readonly string[] {
  const [first = "", second] = words;
  const isFirst = `__fish_seen_subcommand_from ${first}`;
  const condition = second === undefined
    ? isFirst
    : `${isFirst}; and __fish_seen_subcommand_from ${second}`;
  const nested = second === undefined
    ? []
    : [complete(`${isFirst}; and not __fish_seen_subcommand_from ${second}`, `-a ${second}`)];
  const [parameter = ""] = parameters;
  const offers = parameter.includes("plugin")
    ? [complete(condition, "-a '(__godwit_plugins)'")]
    : parameter === "<shell>"
    ? [complete(condition, "-a 'bash zsh fish'")]
    : [];
  return [...nested, ...offers, ...options.map((each) => optionLine(condition, each))];
}

function optionLine(condition: string, { name, meaning, value }: OptionEntry): string {
  const takes = (): string => {
    switch (value?.values.kind) {
      case "words":
        return ` -x -a ${quoted(value.values.words.join(" "))}`;
      case "file":
        return " -r -F";
      case "directory":
        return " -x -a '(__fish_complete_directories)'";
      case "any":
        return " -x";
      case undefined:
        return "";
    }
  };
  return complete(condition, `-l ${name.slice(2)}${takes()} -d ${quoted(meaning)}`);
}

function complete(condition: string, rest: string): string {
  return `complete -c godwit -n ${quoted(condition)} ${rest}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
