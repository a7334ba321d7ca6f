// Completion in real shells, and the manual page.

import { join } from "node:path";
import * as assert from "uvu/assert";
import { readArguments } from "../../lib/cli/arguments.ts";
import type { Shell } from "../../lib/cli/command.ts";
import { bashCompletion } from "../../lib/cli/describe/bash_completion.ts";
import { commandTable } from "../../lib/cli/describe/command_table.ts";
import { fishCompletion } from "../../lib/cli/describe/fish_completion.ts";
import { manPage } from "../../lib/cli/describe/man_page.ts";
import { zshCompletion } from "../../lib/cli/describe/zsh_completion.ts";
import { suite } from "../support/suite.ts";

/** How each shell is started, how it is prepared, and the `godwit` whose arguments it completes. */
const SHELLS: Readonly<
  Record<Shell, { readonly start: string; readonly prepare: string; readonly script: string }>
> = {
  bash: {
    start: "bash --norc --noprofile -i",
    prepare: 'godwit() { echo "ran: $*"; }',
    script: bashCompletion(commandTable()),
  },
  zsh: {
    start: "zsh -f -i",
    prepare: 'autoload -Uz compinit; compinit -u -D; godwit() { echo "ran: $*"; }',
    script: zshCompletion(commandTable()),
  },
  fish: {
    start: "fish --no-config -i",
    prepare: 'function godwit; echo "ran: $argv"; end',
    script: fishCompletion(commandTable()),
  },
};

/** What is typed, with tabs, and what runs. Two spaces stand where the shell has put one. */
const TYPED: readonly (readonly [typed: string, ran: string])[] = [
  ["godwit app\t no\t --dr\t", "ran: apply notes --dry-run"],
  ["godwit rollo\t star\t no\t", "ran: rollout start notes"],
  ["godwit backup no\t --keep-backups-d\t 3", "ran: backup notes --keep-backups-days 3"],
  ["godwit plan --html pla\t", "ran: plan --html plan.html"],
  ["godwit apply notes --backup al\t", "ran: apply notes --backup always"],
  ["godwit completion z\t", "ran: completion zsh"],
];

const OVERPRINTED = new RegExp(`.${"\b"}`, "g");

const describe = suite("completion and manual");

for (const shell of ["bash", "zsh", "fish"] as const) {
  describe(`${shell} completes commands, plugins, options and their values`, async () => {
    const directory = Deno.makeTempDirSync({ prefix: "godwit-shell-" });
    try {
      Deno.mkdirSync(join(directory, "plugins", "notes", "migrations"), { recursive: true });
      Deno.writeTextFileSync(join(directory, "plan.html"), "");
      Deno.writeTextFileSync(join(directory, "completion"), SHELLS[shell].script);
      const { start, prepare } = SHELLS[shell];
      const output = await atTerminal(start, directory, [
        `${prepare}\n. ./completion\n`,
        ...TYPED.map(([typed]) => `${typed}\n`),
        "exit\n",
      ]);
      for (const [typed, ran] of TYPED) assert.ok(output.includes(ran), `${typed}\n${output}`);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

describe("commandTable() has every command once, with its own options and the common ones", () => {
  const table = commandTable();
  const names = table.map(({ words }) => words.join(" "));
  assert.is(new Set(names).size, names.length);
  assert.ok(names.includes("rollout start"));
  const apply = table.find(({ words }) => words[0] === "apply");
  assert.equal(apply?.parameters, ["<plugin>"]);
  const options = new Map(apply?.options.map((each) => [each.name, each]));
  assert.equal(options.get("--timeout-ms"), {
    name: "--timeout-ms",
    meaning: "interrupt after N milliseconds",
    usual: "600000",
    value: { called: "N", values: { kind: "any" } },
  });
  assert.ok(options.has("--plugins"));
  assert.not(options.has("--prove"));
});

describe("every value that is offered is one that the command line takes", () => {
  for (const { words, parameters, options } of commandTable()) {
    const required = parameters.filter((each) => each.startsWith("<"))
      .map((each) => each === "<shell>" ? "bash" : "p");
    for (const { name, value } of options) {
      if (value?.values.kind !== "words") continue;
      for (const word of value.values.words) {
        if (words[0] === "rollback" && name === "--to") continue;
        // Options of rollouts over nodes need a NATS server.
        const nats = words[0] === "rollout" ? ["--nats", "ws://host"] : [];
        const line = [...words, ...required, name, word, ...nats];
        const parsed = readArguments(line, () => undefined);
        assert.is(parsed.kind, "command", `${words.join(" ")} ${name} ${word}`);
      }
    }
  }
});

describe("the manual page has every command and option, and mandoc finds nothing wrong", async () => {
  const file = await Deno.makeTempFile({ suffix: ".1" });
  try {
    await Deno.writeTextFile(file, manPage(commandTable(), "1.2.3"));
    const lint = await new Deno.Command("mandoc", { args: ["-Tlint", "-Wwarning", file] }).output();
    // The same source makes the same page, so it has no date.
    const problems = new TextDecoder().decode(lint.stdout).trim().split("\n")
      .filter((each) => !each.includes("missing date"));
    assert.equal(problems, []);
    const shown = await new Deno.Command("mandoc", { args: ["-Tascii", file] }).output();
    // Bold and italic letters are printed over themselves.
    const text = new TextDecoder().decode(shown.stdout).replaceAll(OVERPRINTED, "");
    for (const { words, options } of commandTable()) {
      assert.match(text, new RegExp(`^ +${words.join(" ")}`, "m"));
      for (const { name } of options) assert.ok(text.includes(name), name);
    }
    assert.match(text, /godwit 1\.2\.3/);
  } finally {
    await Deno.remove(file);
  }
});

describe.run();

/** Types texts at a shell that has a terminal of its own, and returns what it showed. */
async function atTerminal(
  shell: string,
  cwd: string,
  typed: readonly string[],
): Promise<string> {
  const child = new Deno.Command("script", {
    args: ["--quiet", "--command", shell, "/dev/null"],
    cwd,
    env: { HOME: cwd, XDG_DATA_HOME: cwd, TERM: "xterm", LANG: "C.UTF-8" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = new Response(child.stdout).text();
  const writer = child.stdin.getWriter();
  for (const text of typed) await writer.write(new TextEncoder().encode(text));
  await child.status;
  await writer.close();
  return await output;
}
