// Completion for zsh, with what commands and options mean. Pure.

import type { CommandEntry, OptionEntry } from "./command_table.ts";

/** Writes the script that completes `godwit` in zsh. */
export function zshCompletion(commands: readonly CommandEntry[]): string {
  const groups = new Map<string, CommandEntry[]>();
  for (const entry of commands) {
    const [first = ""] = entry.words;
    groups.set(first, [...groups.get(first) ?? [], entry]);
  }
  const firsts = [...groups].map(([word, [entry]]) => described(word, entry?.summary ?? ""));
  return `#compdef godwit
# Completion of godwit for zsh. In ~/.zshrc, after compinit: source <(godwit completion zsh)

_godwit() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands=(
${firsts.map((each) => `        ${each}`).join("\n")}
      )
      _describe command commands
      ;;
    argument)
      case $words[1] in
${[...groups].map(([word, entries]) => groupCase(word, entries)).join("\n")}
      esac
      ;;
  esac
}

_godwit_plugins() {
  local -a plugins=(\${GODWIT_PLUGINS:-./plugins}/*(/N:t))
  _describe plugin plugins
}

if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
  _godwit "$@"
else
  compdef _godwit godwit
fi
`;
}

function groupCase(word: string, entries: readonly CommandEntry[]): string {
  const [entry] = entries;
  if (entry === undefined || entry.words.length === 1) {
    return `        ${word}) _arguments ${entry === undefined ? "" : specifications(entry)} ;;`;
  }
  const cases = entries.map((each) =>
    `            ${each.words[1]}) _arguments ${specifications(each)} ;;`
  );
  return `        ${word})
          _arguments -C '1:command:(${entries.map(({ words }) => words[1]).join(" ")})' \\
            '*::argument:->nested'
          case $words[1] in
${cases.join("\n")}
          esac
          ;;`;
}

function specifications({ parameters, options }: CommandEntry): string {
  return [...options.map(optionSpecification), ...parameters.map(parameterSpecification)]
    .map((each) => `\\\n          ${each}`).join(" ");
}

function optionSpecification({ name, meaning, value }: OptionEntry): string {
  const text = `${name}[${meaning.replaceAll(/[[\]:\\]/g, "\\$&")}]`;
  if (value === null) return quoted(text);
  const action = (): string => {
    switch (value.values.kind) {
      case "words":
        return `(${value.values.words.join(" ")})`;
      case "file":
        return "_files";
      case "directory":
        return "_files -/";
      case "any":
        return "";
    }
  };
  return quoted(`${name}=${text.slice(name.length)}:${value.called}:${action()}`);
}

function parameterSpecification(parameter: string, index: number): string {
  const name = parameter.slice(1, -1);
  const isOptional = parameter.startsWith("[");
  const action = name === "plugin" ? "_godwit_plugins" : name === "shell" ? "(bash zsh fish)" : "";
  return quoted(`${index + 1}:${isOptional ? ":" : ""}${name}:${action}`);
}

function described(word: string, summary: string): string {
  return quoted(`${word}:${summary.replaceAll(":", "\\:")}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
