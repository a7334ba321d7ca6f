// `completion <shell>` and `man`: what the shell and the manual know about the commands.

import { VERSION } from "../../version.ts";
import type { Shell } from "../command.ts";
import type { Console } from "../console.ts";
import { bashCompletion } from "../describe/bash_completion.ts";
import { commandTable } from "../describe/command_table.ts";
import { fishCompletion } from "../describe/fish_completion.ts";
import { manPage } from "../describe/man_page.ts";
import { zshCompletion } from "../describe/zsh_completion.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";

const COMPLETIONS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** Prints the script that completes `godwit` in a shell. */
export function runCompletion(shell: Shell, console: Console): ExitStatus {
  console.out(COMPLETIONS[shell](commandTable()).trimEnd());
  return EXIT.success;
}

/** Prints the manual page, for `man -l -`. */
export function runMan(console: Console): ExitStatus {
  console.out(manPage(commandTable(), VERSION).trimEnd());
  return EXIT.success;
}
