// Completion for bash 3.2 and later. Pure.

import type { CommandEntry, OptionEntry } from "./command_table.ts";

/** Writes the script that completes `godwit` in bash. */
export function bashCompletion(commands: readonly CommandEntry[]): string {
  const options = new Map(commands.flatMap((each) => each.options.map((one) => [one.name, one])));
  const valued = [...options.values()].filter(({ value }) => value !== null);
  const groups = commands.filter(({ words }) => words.length > 1);
  return `# Completion of godwit for bash. In ~/.bashrc: source <(godwit completion bash)

_godwit() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local command= place=0 plugins=\${GODWIT_PLUGINS:-./plugins} word index IFS=$'\\n'
  [[ $before == = ]] && before=\${COMP_WORDS[COMP_CWORD-2]}
  [[ $current == = ]] && current=
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      ${valued.map(({ name }) => name).join("|")})
        [[ \${COMP_WORDS[index+1]} == = ]] && ((index++))
        ((index++))
        [[ $word == --plugins ]] && plugins=\${COMP_WORDS[index]}
        ;;
      -*) ;;
      *)
        case $command in
          '') command=$word ;;
${groupCases(groups)}          *) ((place++)) ;;
        esac
        ;;
    esac
  done
  case $before in
${valued.map(valueCase).join("\n")}
  esac
  case $command in
    '') _godwit_words ${[...new Set(commands.map(({ words }) => words[0]))].join(" ")} ;;
${firstWords(groups)}${commands.map(commandCase).join("\n")}
  esac
}

_godwit_words() {
  COMPREPLY=($(compgen -W "$*" -- "$current"))
}

_godwit_files() {
  compopt -o filenames 2> /dev/null
  COMPREPLY=($(compgen "$1" -- "$current"))
}

_godwit_plugins() {
  local path
  COMPREPLY=()
  for path in "$plugins"/*/; do
    path=\${path%/}
    [[ -d $path/migrations && \${path##*/} == "$current"* ]] && COMPREPLY+=("\${path##*/}")
  done
}

complete -F _godwit godwit
`;
}

/** The second word of commands such as `rollout start`. */
function groupCases(groups: readonly CommandEntry[]): string {
  return [...new Set(groups.map(({ words }) => words[0]))]
    .map((word) => `          ${word}) command="${word} $word" ;;\n`).join("");
}

function firstWords(groups: readonly CommandEntry[]): string {
  const words = new Map<string, string[]>();
  for (const { words: [first = "", second = ""] } of groups) {
    words.set(first, [...words.get(first) ?? [], second]);
  }
  return [...words].map(([first, others]) => `    ${first}) _godwit_words ${others.join(" ")} ;;\n`)
    .join("");
}

function valueCase({ name, value }: OptionEntry): string {
  const offer = (): string => {
    switch (value?.values.kind) {
      case "words":
        return `_godwit_words ${value.values.words.join(" ")}; `;
      case "file":
        return "_godwit_files -f; ";
      case "directory":
        return "_godwit_files -d; ";
      default:
        return "";
    }
  };
  return `    ${name}) ${offer()}return ;;`;
}

function commandCase({ words, parameters, options }: CommandEntry): string {
  const names = options.map(({ name }) => name).join(" ");
  const takesPlugin = parameters[0]?.includes("plugin") ?? false;
  const isShell = parameters[0] === "<shell>";
  const first = takesPlugin ? "_godwit_plugins" : isShell ? "_godwit_words bash zsh fish" : ":";
  return `    '${words.join(" ")}')
      if [[ $current == -* ]]; then
        _godwit_words ${names}
      elif ((place == 0)); then
        ${first}
      fi
      ;;`;
}
