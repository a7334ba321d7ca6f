// The command line: arguments in, exit status out. Loads only the command that runs.

import { VERSION } from "../version.ts";
import { startFileThreadAhead } from "../database/start_file_thread.ts";
import type { Arguments, Command, Environment } from "./command.ts";
import { EXIT, type ExitStatus } from "./commands/exit_status.ts";
import type { Console } from "./console.ts";

/** What surrounds a command line. */
export interface Surroundings {
  readonly environment: Environment;
  readonly openConsole: () => Promise<Console>;
}

const PROCESS: Surroundings = {
  environment: (name) => Deno.env.get(name),
  openConsole: async () => (await import("./console.ts")).processConsole(),
};

/** Runs one command line and returns its exit status; in this process's surroundings by default. */
export async function main(
  args: readonly string[],
  surroundings: Surroundings = PROCESS,
): Promise<ExitStatus> {
  // Scripts ask this often, and it needs no parser.
  if (args.length === 1 && args[0] === "--version") {
    console.log(`godwit ${VERSION}`);
    return EXIT.success;
  }
  if (opensDatabase(args)) startFileThreadAhead();
  const [{ readArguments }, opened] = await Promise.all([
    import("./arguments.ts"),
    surroundings.openConsole(),
  ]);
  const parsed = readArguments(args, surroundings.environment);
  if (parsed.kind === "command") return await run(parsed.command, opened, surroundings);
  const { HELP } = await import("./help.ts");
  return explain(parsed, HELP, opened);
}

// A thread with SQLite takes longest to start. A wrong line or a request for help ends it.
function opensDatabase(args: readonly string[]): boolean {
  if (args[0] === "rollout" && args[1] !== "start") return false;
  return OPENING.includes(args[0] ?? "") && !args.some((each) => each.startsWith("--nats"));
}

const OPENING: readonly string[] = [
  "apply",
  "rollback",
  "plan",
  "status",
  "history",
  "backups",
  "backup",
  "restore",
  "check",
  "diff",
  "dump",
  "rollout",
  "plugins",
] satisfies readonly Command["name"][];

function explain(
  parsed: Exclude<Arguments, { kind: "command" }>,
  help: string,
  console: Console,
): ExitStatus {
  switch (parsed.kind) {
    case "help":
      console.out(help);
      return EXIT.success;
    case "version":
      console.out(`godwit ${VERSION}`);
      return EXIT.success;
    case "usage":
      // The message last: help is longer than some terminals.
      console.err(`${help}\n\n${console.colors.red("✗")} ${parsed.message}`);
      return EXIT.usage;
  }
  parsed satisfies never;
}

async function run(
  command: Command,
  console: Console,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const { options } = command;
  const { environment } = surroundings;
  switch (command.name) {
    case "apply":
    case "rollback":
    case "rollout":
    case "status":
    case "history":
    case "cancel":
    case "backups":
    case "backup":
    case "restore": {
      const [{ ask }, { questionOf }] = await Promise.all([
        import("./commands/ask.ts"),
        import("./commands/question.ts"),
      ]);
      return await ask(questionOf(command), options, console, environment);
    }
    case "plan": {
      const { runPlan } = await import("./commands/plan.ts");
      return await runPlan(command.plan, options, console, environment);
    }
    case "check": {
      const { runCheck } = await import("./commands/check.ts");
      return await runCheck(command.check, options, console);
    }
    case "new": {
      const { runNew } = await import("./commands/new.ts");
      return await runNew(command.plugin, command.description, options, console);
    }
    case "diff": {
      const { runDiff } = await import("./commands/diff.ts");
      return await runDiff(command.diff, options, console);
    }
    case "dump": {
      const { runDump } = await import("./commands/dump.ts");
      const { plugin, live, tenant } = command;
      return await runDump(plugin, live, tenant, options, console);
    }
    case "bundle": {
      const { runBundle } = await import("./commands/bundle.ts");
      return await runBundle(command.bundle, options, console);
    }
    case "tenants": {
      const { runTenants } = await import("./commands/tenants.ts");
      return await runTenants(command.plugin, options, console);
    }
    case "fleet": {
      const { runFleet } = await import("./commands/fleet.ts");
      return await runFleet(command.fleet, options, console, environment);
    }
    case "key": {
      const { runKey } = await import("./commands/key.ts");
      return await runKey(command.file, options, console);
    }
    case "plugins": {
      const { listNames, runPlugins } = await import("./commands/plugins.ts");
      return await (command.namesOnly ? listNames : runPlugins)(options, console);
    }
    case "doctor": {
      const { runDoctor } = await import("./commands/doctor.ts");
      return await runDoctor(options, console, environment);
    }
    case "completion": {
      const { runCompletion } = await import("./commands/describe.ts");
      return runCompletion(command.shell, console);
    }
    case "man": {
      const { runMan } = await import("./commands/describe.ts");
      return runMan(console);
    }
    case "demo": {
      const { runDemo } = await import("./commands/demo.ts");
      return await runDemo(console, (args) => main(args, surroundings));
    }
    case "serve": {
      const { runServe } = await import("./commands/serve.ts");
      return await runServe(command.serve, options, console, environment);
    }
  }
  command satisfies never;
}
