// The manual page, section 1, in the macros of man(7). Pure.

import { ABOUT, type CommandEntry, type OptionEntry } from "./command_table.ts";

/** Writes `godwit.1`. */
export function manPage(commands: readonly CommandEntry[], version: string): string {
  const options = new Map(commands.flatMap((each) => each.options.map((one) => [one.name, one])));
  const common =
    commands[0]?.options.filter(({ name }) =>
      commands.every((each) => each.options.some((one) => one.name === name))
    ) ?? [];
  const isCommon = ({ name }: OptionEntry): boolean => common.some((each) => each.name === name);
  return `.TH GODWIT 1 "" "godwit ${version}" "User Commands"
.SH NAME
godwit \\- ${ABOUT}
.SH SYNOPSIS
.B godwit
.I command
.RI [ argument " ...] [" option " ...]"
.SH DESCRIPTION
godwit applies, rolls back and reports schema migrations of SQLite plugins: numbered files with an
UP and a DOWN. SQLite rehearses every plan before a database is changed, what is lost is counted and
backed up, and what runs is what was reviewed.
.SH COMMANDS
${commands.map((each) => commandText(each, isCommon)).join("\n")}
.SH OPTIONS
${[...options.values()].map(optionText).join("\n")}
.SH ENVIRONMENT
.TP
.B GODWIT_PLUGINS\\fR, \\fBGODWIT_DATA
Where \\-\\-plugins and \\-\\-data are not given.
.TP
.B NATS_URL
The server of \\fBserve\\fR without \\-\\-nats.
.TP
.B NATS_CREDS\\fR, \\fBNATS_USER\\fR with \\fBNATS_PASSWORD\\fR, \\fBNATS_TOKEN
Credentials; the first that is set is used. NATS_CREDS names a file.
.TP
.B NO_COLOR\\fR, \\fBFORCE_COLOR
Without colours, or with them.
.SH EXIT STATUS
.TP
.B 0
Success.
.TP
.B 1
A failure reply; the message says what, where, and what to do.
.TP
.B 2
Wrong usage.
.TP
.B 3
No reply.
.SH EXAMPLES
.TP
What godwit does, in a temporary directory:
godwit demo
.TP
The first migration of a plugin, checked and applied:
godwit new notes "create notes" && godwit check notes && godwit apply notes
`;
}

function commandText(
  { words, parameters, summary, options }: CommandEntry,
  isCommon: (option: OptionEntry) => boolean,
): string {
  const own = options.filter((each) => !isCommon(each)).map(({ name }) => escaped(name));
  const usage = [`\\fB${escaped(words.join(" "))}\\fR`, ...parameters.map(parameterText)].join(" ");
  const list = own.length === 0 ? "" : `\n.br\nOptions: ${own.join(", ")}`;
  return `.TP\n${usage}\n${sentence(summary)}${list}`;
}

function parameterText(parameter: string): string {
  const name = `\\fI${parameter.slice(1, -1)}\\fR`;
  return parameter.startsWith("[") ? `[${name}]` : name;
}

function optionText({ name, meaning, usual, value }: OptionEntry): string {
  const usage = `\\fB${escaped(name)}\\fR${value === null ? "" : ` \\fI${value.called}\\fR`}`;
  const otherwise = usual === null ? "" : ` Default: ${escaped(usual)}.`;
  return `.TP\n${usage}\n${sentence(meaning)}${otherwise}`;
}

function sentence(text: string): string {
  return escaped(`${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`);
}

/** A hyphen of an option is a minus; a line must not begin with a dot or a quote. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}
