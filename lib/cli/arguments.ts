// Parses the command line. Runs in Deno; reads only the environment variables that are documented.

import {
  Command as CommandLine,
  CommanderError,
  type CommandUnknownOpts,
  Option,
} from "@commander-js/extra-typings";
import { DEFAULT_PREFIX } from "../message/subject.ts";
import { VERSION } from "../version.ts";
import type { Arguments, Command, CommonOptions, DatabaseOptions, Environment } from "./command.ts";
import {
  checkFormat,
  copies,
  httpAddress,
  labels,
  logLevel,
  moduleFile,
  nodeName,
  planParts,
  publicKeys,
  shellName,
  sqliteVersion,
  text,
  transactionExtent,
  version,
  versionOrLatest,
  wholeNumber,
} from "./option_values.ts";
import { defineRollout } from "./fleet_arguments.ts";
import {
  BACKUP,
  BUSY_TIMEOUT,
  type CommonValues,
  EXCLUSIVE,
  JOURNAL_MODE,
  KEEP,
  KEEP_BYTES,
  KEEP_DAYS,
  NATS,
  PREFIX,
  TENANT,
} from "./options.ts";

/** Reads arguments and environment. */
export function readArguments(args: readonly string[], environment: Environment): Arguments {
  let result = usage("Name a command");
  const program = defineCommands(environment, (command) => {
    result = { kind: "command", command };
  });
  try {
    program.parse(args, { from: "user" });
    return result;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.version") return { kind: "version" };
    if (error.exitCode === 0) return { kind: "help" };
    // Where no command is named, Commander shows its help and reports that as the error.
    return error.code === "commander.help" ? result : usage(describe(error, program));
  }
}

/** The commands with their options, as Commander knows them; nothing is run. */
export function commandTree(): CommandUnknownOpts {
  return defineCommands(() => undefined, () => {});
}

function defineCommands(
  environment: Environment,
  use: (command: Command) => void,
): CommandUnknownOpts {
  const program = new CommandLine("godwit")
    .exitOverride()
    .configureOutput(SILENT)
    .version(VERSION, "--version")
    .option("--plugins <DIR>", "", text)
    .option("--data <DIR>", "", text)
    .option("--json", "", false)
    .option("--by <NAME>", "", text)
    .option("--max-plugin-bytes <N>", "", wholeNumber);
  const commonOptions = (command: { optsWithGlobals(): CommonValues }): CommonOptions =>
    readCommon(command.optsWithGlobals(), environment);

  program.command("serve").addOption(NATS).addOption(PREFIX)
    .addOption(JOURNAL_MODE).addOption(BUSY_TIMEOUT).addOption(EXCLUSIVE)
    .addOption(BACKUP).addOption(KEEP).addOption(KEEP_DAYS).addOption(KEEP_BYTES)
    .option("--grace-ms <N>", "", wholeNumber, 10_000)
    .option("--http <ADDRESS>", "", httpAddress)
    .option("--min-free-bytes <N>", "", wholeNumber, MIN_FREE_BYTES)
    .option("--fleet", "", false)
    .option("--node <NAME>", "", nodeName)
    .option("--label <K=V>", "", labels)
    .option("--trust <KEY>", "", publicKeys)
    .option("--log-level <LEVEL>", "", logLevel, "info" as const)
    .action(({ graceMs, http, minFreeBytes, logLevel, ...fleet }, command) => {
      const { node: name, label = {}, trust = [] } = fleet;
      if (fleet.fleet && name === undefined) {
        command.error("error: --fleet needs the name of this node: --node NAME");
      }
      if (
        !fleet.fleet &&
        (name !== undefined || fleet.label !== undefined || fleet.trust !== undefined)
      ) {
        command.error("error: --node, --label and --trust are for a node of a fleet: add --fleet");
      }
      const node = name === undefined ? null : { name, labels: label, trust };
      const serve = { graceMs, http, minFreeBytes, logLevel, node };
      use({ name: "serve", serve, options: commonOptions(command) });
    });

  const defineRun = <To>(name: "apply" | "rollback", readTarget: (text: string) => To) =>
    program.command(name).argument("<plugin>")
      .addOption(TENANT)
      .option("--to <N>", "", readTarget)
      .option("--dry-run", "", false)
      .option("--plan-hash <HASH>", "", text)
      .option("--timeout-ms <N>", "", wholeNumber)
      .option("--transaction <EXTENT>", "", transactionExtent)
      .addOption(JOURNAL_MODE).addOption(BUSY_TIMEOUT).addOption(EXCLUSIVE)
      .addOption(BACKUP).addOption(KEEP).addOption(KEEP_DAYS).addOption(KEEP_BYTES)
      .addOption(NATS).addOption(PREFIX);

  defineRun("apply", versionOrLatest)
    .addOption(
      new Option("--all-tenants").default(false).conflicts(["tenant", "planHash", "transaction"]),
    )
    .action((plugin, { allTenants, ...values }, command) => {
      const { tenant, to, dryRun, planHash, timeoutMs, transaction } = values;
      const options = commonOptions(command);
      if (allTenants) {
        // A rollout of a single wave.
        use({ name: "rollout", rollout: { plugin, to, dryRun, timeoutMs }, options });
        return;
      }
      const run = { plugin, tenant, to, dryRun, planHash, timeoutMs, transaction };
      use({ name: "apply", run, options });
    });

  defineRun("rollback", version)
    .action((plugin, { tenant, to, dryRun, planHash, timeoutMs, transaction }, command) => {
      const run = { plugin, tenant, to, dryRun, planHash, timeoutMs, transaction };
      use({ name: "rollback", run, options: commonOptions(command) });
    });

  defineRollout(program.command("rollout"), { use, commonOptions });

  program.command("fleet").argument("[plugin]").option("--replicas <N>", "", copies).addOption(NATS)
    .action((plugin, { replicas }, command) => {
      const fleet = { kind: "nodes", plugin, replicas } as const;
      use({ name: "fleet", fleet, options: commonOptions(command) });
    });

  program.command("key").argument("<file>")
    .action((file, _, command) => use({ name: "key", file, options: commonOptions(command) }));

  program.command("plan").argument("<plugin>")
    .addOption(TENANT)
    .option("--to <N>", "", versionOrLatest)
    .option("--down", "", false)
    .option("--rows <N>", "", wholeNumber)
    .option("--omit <PARTS>", "", planParts)
    .option("--html <FILE>", "", text)
    .option("--markdown", "", false)
    .option("--timeout-ms <N>", "", wholeNumber)
    .addOption(JOURNAL_MODE).addOption(BUSY_TIMEOUT).addOption(EXCLUSIVE)
    .addOption(NATS).addOption(PREFIX)
    .action((plugin, { tenant, to, down, rows, omit, html, markdown, timeoutMs }, command) => {
      const options = commonOptions(command);
      if (markdown && options.json) {
        command.error("error: --json prints JSON; leave out --markdown, or --json");
      }
      const plan = { plugin, tenant, to, down, rows, omit, html, markdown, timeoutMs };
      use({ name: "plan", plan, options });
    });

  program.command("status").argument("<plugin>")
    .addOption(TENANT).addOption(NATS).addOption(PREFIX)
    // The list of tenants has no subject.
    .addOption(new Option("--all-tenants").default(false).conflicts(["tenant", "nats"]))
    .action((plugin, { tenant, allTenants }, command) => {
      const options = commonOptions(command);
      if (allTenants) use({ name: "tenants", plugin, options });
      else use({ name: "status", plugin, tenant, options });
    });

  program.command("history").argument("<plugin>")
    .option("--limit <N>", "", wholeNumber)
    .option("--offset <N>", "", wholeNumber)
    .addOption(TENANT).addOption(NATS).addOption(PREFIX)
    .action((plugin, { tenant, limit, offset }, command) => {
      const history = { plugin, tenant, limit, offset };
      use({ name: "history", history, options: commonOptions(command) });
    });

  program.command("cancel").argument("<plugin>")
    .addOption(TENANT)
    .option("--run <ID>", "", text)
    .addOption(NATS).addOption(PREFIX)
    .action((plugin, { tenant, run: runId }, command) =>
      use({ name: "cancel", cancel: { plugin, tenant, runId }, options: commonOptions(command) })
    );

  program.command("backups").argument("<plugin>")
    .addOption(TENANT).option("--verify", "", false).addOption(NATS).addOption(PREFIX)
    .action((plugin, { tenant, verify }, command) => {
      const backups = { verb: "backups", plugin, tenant, verify } as const;
      use({ name: "backups", backups, options: commonOptions(command) });
    });

  program.command("backup").argument("<plugin>")
    .addOption(TENANT).option("--timeout-ms <N>", "", wholeNumber)
    .addOption(BUSY_TIMEOUT).addOption(EXCLUSIVE)
    .addOption(KEEP).addOption(KEEP_DAYS).addOption(KEEP_BYTES)
    .addOption(NATS).addOption(PREFIX)
    .action((plugin, { tenant, timeoutMs }, command) => {
      const backups = { verb: "backup", plugin, tenant, timeoutMs } as const;
      use({ name: "backup", backups, options: commonOptions(command) });
    });

  program.command("restore").argument("<plugin>").argument("<backup>")
    .addOption(TENANT).option("--dry-run", "", false).option("--timeout-ms <N>", "", wholeNumber)
    .addOption(JOURNAL_MODE).addOption(BUSY_TIMEOUT).addOption(EXCLUSIVE)
    .addOption(KEEP).addOption(KEEP_DAYS).addOption(KEEP_BYTES)
    .addOption(NATS).addOption(PREFIX)
    .action((plugin, backup, { tenant, dryRun, timeoutMs }, command) => {
      const backups = { verb: "restore", plugin, tenant, backup, dryRun, timeoutMs } as const;
      use({ name: "restore", backups, options: commonOptions(command) });
    });

  program.command("check").argument("[plugin]")
    .addOption(TENANT)
    .option("--prove", "", false)
    .addOption(new Option("--live").default(false).implies({ prove: true }))
    .option("--fix", "", false)
    .addOption(new Option("--yes").default(false).implies({ fix: true }))
    .option("--format <FORMAT>", "", checkFormat)
    .option("--since <REVISION>", "", text)
    .action((plugin, { tenant, prove, live, fix: isFixed, yes, format: given, since }, command) => {
      const options = commonOptions(command);
      const fix = yes ? "write" : isFixed ? "ask" : null;
      // --format json is --json, which every command has.
      const format = given ?? (options.json ? "json" : "text");
      if (options.json && format !== "json") {
        command.error(`error: --json prints JSON; leave out --format ${format}, or --json`);
      }
      if (fix !== null && format !== "json" && format !== "text") {
        command.error(`error: --fix shows what it does, which --format ${format} cannot`);
      }
      const check = { plugin, tenant, prove, live, fix, format, since } as const;
      use({ name: "check", check, options: { ...options, json: format === "json" } });
    });

  program.command("new").argument("<plugin>").argument("<description>")
    .action((plugin, description, _, command) =>
      use({ name: "new", plugin, description, options: commonOptions(command) })
    );

  // Commander takes --no-rename for the opposite of --rename, and either would undo the other.
  const renames: string[] = [];
  let noRename = false;
  program.command("diff").argument("<plugin>").argument("[description]")
    .option("--schema <FILE>", "", text)
    .option("--rename <OLD=NEW>", "", (value) => renames.push(text(value)))
    .option("--no-rename")
    .on("option:no-rename", () => {
      noRename = true;
    })
    .option("--requires <VERSION>", "", sqliteVersion)
    .option("--check", "", false)
    .action((plugin, description, { schema: schemaFile, requires, check }, command) => {
      const diff = { plugin, description, schemaFile, renames, noRename, requires, check };
      use({ name: "diff", diff, options: commonOptions(command) });
    });

  program.command("dump").argument("<plugin>")
    .addOption(TENANT)
    .option("--live", "", false)
    .action((plugin, { tenant, live }, command) =>
      use({ name: "dump", plugin, live, tenant, options: commonOptions(command) })
    );

  program.command("bundle").argument("<plugin>")
    .option("--out <FILE>", "", moduleFile)
    .option("--overwrite", "", false)
    .option("--sign <KEYFILE>", "", text)
    .action((plugin, { out, overwrite, sign: keyFile }, command) => {
      const bundle = { plugin, out, overwrite, keyFile };
      use({ name: "bundle", bundle, options: commonOptions(command) });
    });

  program.command("plugins").option("--names", "", false)
    .action(({ names: namesOnly }, command) =>
      use({ name: "plugins", namesOnly, options: commonOptions(command) })
    );

  for (const name of ["demo", "man"] as const) {
    program.command(name)
      .action((_, command) => use({ name, options: commonOptions(command) }));
  }

  program.command("doctor").addOption(NATS)
    .action((_, command) => use({ name: "doctor", options: commonOptions(command) }));

  program.command("completion").argument("<shell>", "", shellName)
    .action((shell, _, command) =>
      use({ name: "completion", shell, options: commonOptions(command) })
    );

  return program;
}

// A full disk shows while there is still time.
const MIN_FREE_BYTES = 100 * 1024 * 1024;

// The caller prints. To choose colors, Commander would read variables that the tasks do not allow.
const SILENT = {
  writeOut() {},
  writeErr() {},
  getOutHasColors: () => false,
  getErrHasColors: () => false,
};

// A variable is read only if its option is missing: Deno may not allow the environment at all.
function readCommon(values: CommonValues, environment: Environment): CommonOptions {
  return {
    pluginsDir: values.plugins ?? environment("GODWIT_PLUGINS") ?? "./plugins",
    dataDir: values.data ?? environment("GODWIT_DATA") ?? "./data",
    json: values.json,
    by: values.by,
    nats: values.nats,
    prefix: values.prefix ?? DEFAULT_PREFIX,
    databases: {
      exclusive: values.exclusive ?? false,
      ...given(values, "journalMode"),
      ...given(values, "busyTimeoutMs"),
      ...given(values, "maxPluginBytes"),
      ...given(values, "backup"),
      ...given(values, "keepBackups"),
      ...given(values, "keepBackupsDays"),
      ...given(values, "keepBackupsBytes"),
    },
  };
}

/** An option that was given, and nothing otherwise. */
function given<Name extends keyof DatabaseOptions>(
  values: { readonly [N in Name]?: DatabaseOptions[N] | undefined },
  name: Name,
): Pick<DatabaseOptions, Name> | Record<never, never> {
  return values[name] === undefined ? {} : { [name]: values[name] };
}

/** Commander's message in godwit's form; for an option of another command, what this one takes. */
function describe({ code, message }: CommanderError, program: CommandUnknownOpts): string {
  const [sentence = "", ...suggestion] = message.replace(
    /^error: ./,
    (start) => start.slice(-1).toUpperCase(),
  )
    .replace(/\.$/, "").split("\n");
  const command = innermost(program);
  if (code === "commander.unknownOption" && command !== program) {
    const known = withCommands(program).flatMap((each) => each.options).map(({ long }) => long);
    if (known.some((option) => sentence.includes(`'${option}'`))) {
      const taken = [...command.options, ...program.options].map(({ long }) => long);
      const { parent } = command;
      const name = parent === program || parent === null
        ? command.name()
        : `${parent.name()} ${command.name()}`;
      return `${sentence}; ${name} takes ${taken.join(", ")}`;
    }
  }
  return [sentence, ...suggestion].join(" ");
}

/** The command that the arguments name, such as `rollout start`. */
function innermost(command: CommandUnknownOpts): CommandUnknownOpts {
  const [name] = command.args;
  const inner = command.commands.find((each) => each.name() === name);
  return inner === undefined ? command : innermost(inner);
}

function withCommands(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return [command, ...command.commands.flatMap(withCommands)];
}

function usage(message: string): Arguments {
  return { kind: "usage", message };
}
