// Parses the command line. Runs in Deno; reads only the environment variables that are documented.

import {
  Command as CommandLine,
  CommanderError,
  type CommandUnknownOpts,
  Option,
} from "@commander-js/extra-typings";
import { DEFAULT_PREFIX } from "../message/subject.ts";
import type { PlanPart } from "../message/request.ts";
import { ALL_VERBS, type AnyVerb } from "../message/verbs.ts";
import { VERSION } from "../version.ts";
import type { BackupPolicy } from "../backup/backup_rules.ts";
import {
  backupPolicy,
  journalMode,
  moduleFile,
  planParts,
  sqliteVersion,
  subject,
  text,
  transactionExtent,
  version,
  versionOrLatest,
  webSocketUrl,
  wholeNumber,
} from "./option_values.ts";

/** Options of every command. */
export interface CommonOptions {
  readonly pluginsDir: string;
  readonly dataDir: string;
  readonly json: boolean;
  readonly by: string | undefined;
  readonly prefix: string;
  /** The URL that `--nats` gives; `undefined` means the command runs in this process. */
  readonly nats: string | undefined;
  /** How databases are opened in this process. */
  readonly databases: DatabaseOptions;
}

/** Options of the migrator; those that are missing have its defaults. */
export interface DatabaseOptions {
  readonly maxPluginBytes?: number;
  readonly journalMode?: "delete" | "wal";
  readonly busyTimeoutMs?: number;
  readonly exclusive?: boolean;
  readonly backup?: BackupPolicy;
  readonly keepBackups?: number;
  readonly keepBackupsDays?: number;
  readonly keepBackupsBytes?: number;
}

/** Options of `apply` and `rollback`. */
export interface RunOptions {
  readonly plugin: string;
  readonly tenant: string | undefined;
  readonly to: number | "latest" | undefined;
  readonly dryRun: boolean;
  readonly planHash: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly transaction: "migration" | "plan" | undefined;
}

/** Options of `plan`. */
export interface PlanOptions {
  readonly plugin: string;
  readonly tenant: string | undefined;
  readonly to: number | "latest" | undefined;
  /** Plan a rollback. */
  readonly down: boolean;
  readonly rows: number | undefined;
  /** Parts to leave out of the reply. */
  readonly omit: readonly PlanPart[] | undefined;
  /** The page to write. */
  readonly html: string | undefined;
  readonly timeoutMs: number | undefined;
}

/** Options of `history`. */
export interface HistoryOptions {
  readonly plugin: string;
  readonly tenant: string | undefined;
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

/** Options of `cancel`. */
export interface CancelOptions {
  readonly plugin: string;
  readonly tenant: string | undefined;
  readonly runId: string | undefined;
}

/** Options of `backups`, `backup` and `restore`. */
export type BackupCommand =
  & { readonly plugin: string; readonly tenant: string | undefined }
  & (
    | { readonly verb: "backups"; readonly verify: boolean }
    | { readonly verb: "backup"; readonly timeoutMs: number | undefined }
    | {
      readonly verb: "restore";
      /** A name, or `latest`. */
      readonly backup: string;
      readonly dryRun: boolean;
      readonly timeoutMs: number | undefined;
    }
  );

/** Options of `check`. */
export interface CheckOptions {
  /** All plugins if it is missing. */
  readonly plugin: string | undefined;
  readonly prove: boolean;
  /** Prove on the rows of the database too. */
  readonly live: boolean;
  readonly tenant: string | undefined;
}

/** Options of `bundle`. */
export interface BundleOptions {
  readonly plugin: string;
  /** The module to write; by default `./<plugin>.bundle.js`. */
  readonly out: string | undefined;
  /** Replace files that godwit did not make. */
  readonly overwrite: boolean;
}

/** Options of `diff`. */
export interface DiffOptions {
  readonly plugin: string;
  readonly description: string | undefined;
  /** The wanted schema; by default the plugin's schema.sql. */
  readonly schemaFile: string | undefined;
  readonly renames: readonly string[];
  readonly noRename: boolean;
  /** The SQLite that the file may require. */
  readonly requires: string | undefined;
  /** Compare alone. */
  readonly check: boolean;
}

/** A valid command line. */
export type Command =
  & { readonly options: CommonOptions }
  & (
    | { readonly name: "apply" | "rollback"; readonly run: RunOptions }
    | { readonly name: "plan"; readonly plan: PlanOptions }
    | { readonly name: "status"; readonly plugin: string; readonly tenant: string | undefined }
    | { readonly name: "history"; readonly history: HistoryOptions }
    | { readonly name: "cancel"; readonly cancel: CancelOptions }
    | { readonly name: BackupCommand["verb"]; readonly backups: BackupCommand }
    | { readonly name: "check"; readonly check: CheckOptions }
    | { readonly name: "new"; readonly plugin: string; readonly description: string }
    | { readonly name: "diff"; readonly diff: DiffOptions }
    | {
      readonly name: "dump";
      readonly plugin: string;
      readonly live: boolean;
      readonly tenant: string | undefined;
    }
    | { readonly name: "bundle"; readonly bundle: BundleOptions }
    | { readonly name: "serve"; readonly graceMs: number }
    | { readonly name: "plugins" }
  );

/** A command, a request for help, or what is wrong with the command line. */
export type Arguments =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "help" | "version" }
  | { readonly kind: "usage"; readonly message: string };

/** Looks up an environment variable. */
export type Environment = (name: string) => string | undefined;

type CommandName = AnyVerb | "serve" | "new" | "bundle";

// The commands as the help shows them: a verb without one does not compile.
const COMMANDS: Readonly<Record<CommandName, readonly [usage: string, summary: string]>> = {
  serve: ["serve", `answer ${DEFAULT_PREFIX}.<plugin>.* over NATS`],
  apply: ["apply <plugin>", `${ALL_VERBS.apply.summary}   [--to N] [--dry-run]`],
  rollback: ["rollback <plugin>", `${ALL_VERBS.rollback.summary}      [--to N] [--dry-run]`],
  plan: ["plan <plugin>", `${ALL_VERBS.plan.summary}   [--to N] [--down]`],
  status: ["status <plugin>", ALL_VERBS.status.summary],
  history: ["history <plugin>", ALL_VERBS.history.summary],
  cancel: ["cancel <plugin>", `${ALL_VERBS.cancel.summary}   [--run ID]`],
  backups: ["backups <plugin>", `${ALL_VERBS.backups.summary}   [--verify]`],
  backup: ["backup <plugin>", ALL_VERBS.backup.summary],
  restore: ["restore <plugin> <backup>", `${ALL_VERBS.restore.summary}   [--dry-run]`],
  check: ["check [plugin]", ALL_VERBS.check.summary],
  new: ["new <plugin> <description>", "write the next numbered file"],
  diff: ["diff <plugin> <description>", ALL_VERBS.diff.summary],
  dump: ["dump <plugin>", `${ALL_VERBS.dump.summary}   [--live]`],
  bundle: ["bundle <plugin>", "one ES module of it, for browsers   [--out FILE]"],
  plugins: ["plugins", `${ALL_VERBS.plugins.summary} with versions and pending counts`],
};

/** The help text. */
export const HELP = `godwit: schema migrations for SQLite plugins

${Object.values(COMMANDS).map(([usage, summary]) => `  ${usage.padEnd(29)}${summary}`).join("\n")}

  --plugins DIR      where <plugin>/migrations/ is    GODWIT_PLUGINS, ./plugins
  --data DIR         where <plugin>.sqlite3 is        GODWIT_DATA, ./data
  --json             print the reply message, alone
  --by NAME          who applies; kept in the history
  --tenant NAME      migrate the database of this tenant
  --to N             the version to end at; rollback --to 0 undoes everything
  --down             plan a rollback
  --rows N           lost rows that a plan shows      20, with --json 0
  --omit PARTS       of a reply that is too large: statements,schemas
  --html FILE        write the plan as a page, too
  --prove            check on rows what a DOWN brings back
  --dry-run          run on the real rows and undo it all
  --plan-hash HASH   run only the plan that was reviewed
  --transaction X    what is committed at a time: migration or plan
  --run ID           cancel only this run, as status and events name it
  --timeout-ms N     interrupt after N milliseconds   600000
  --backup WHEN      before a run: always, lossy or never  lossy
  --keep-backups N   of each database; 0 for all      30
  --keep-backups-days N
                     remove older ones; 0 for none    0
  --keep-backups-bytes N
                     remove the oldest above that     0
  --verify           read every backup
  --journal-mode M   of new databases: delete or wal  delete
  --busy-timeout-ms N
                     wait for other programs' locks   5000
  --exclusive        no other program has the databases open
  --max-plugin-bytes N
                     of the files of one plugin       67108864
  --limit N          of a history, the most entries   50
  --offset N         of a history, leave out so many  0
  --grace-ms N       at a stop, let runs go on so long  10000
  --schema FILE      the schema to lead to            <plugin>/schema.sql
  --rename OLD=NEW   quotes.author=quotes.writer; may be repeated
  --no-rename        what is dropped and added is no rename
  --requires X       the SQLite that the file may use, such as 3.35.0
  --check            compare alone: exit 1 where files and schema differ
  --live             dump the database; prove pending files on its rows
  --out FILE         the module to write              <plugin>.bundle.js
  --overwrite        replace a file that godwit did not make
  --nats URL         ask a running service; for serve, where NATS is:
                                             NATS_URL, ws://127.0.0.1:8080
  --prefix SUBJECT   the subjects' prefix             ${DEFAULT_PREFIX}

  Credentials: NATS_CREDS (a file), NATS_USER with NATS_PASSWORD, NATS_TOKEN
  Exit status: 0 success, 1 a failure reply, 2 wrong usage, 3 no reply`;

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
    .action(({ graceMs }, command) =>
      use({ name: "serve", graceMs, options: commonOptions(command) })
    );

  for (const name of ["apply", "rollback"] as const) {
    program.command(name).argument("<plugin>")
      .addOption(TENANT)
      .option("--to <N>", "", name === "apply" ? versionOrLatest : version)
      .option("--dry-run", "", false)
      .option("--plan-hash <HASH>", "", text)
      .option("--timeout-ms <N>", "", wholeNumber)
      .option("--transaction <EXTENT>", "", transactionExtent)
      .addOption(JOURNAL_MODE).addOption(BUSY_TIMEOUT).addOption(EXCLUSIVE)
      .addOption(BACKUP).addOption(KEEP).addOption(KEEP_DAYS).addOption(KEEP_BYTES)
      .addOption(NATS).addOption(PREFIX)
      .action((plugin, { tenant, to, dryRun, planHash, timeoutMs, transaction }, command) => {
        const run = { plugin, tenant, to, dryRun, planHash, timeoutMs, transaction };
        use({ name, run, options: commonOptions(command) });
      });
  }

  program.command("plan").argument("<plugin>")
    .addOption(TENANT)
    .option("--to <N>", "", versionOrLatest)
    .option("--down", "", false)
    .option("--rows <N>", "", wholeNumber)
    .option("--omit <PARTS>", "", planParts)
    .option("--html <FILE>", "", text)
    .option("--timeout-ms <N>", "", wholeNumber)
    .addOption(JOURNAL_MODE).addOption(BUSY_TIMEOUT).addOption(EXCLUSIVE)
    .addOption(NATS).addOption(PREFIX)
    .action((plugin, { tenant, to, down, rows, omit, html, timeoutMs }, command) => {
      const plan = { plugin, tenant, to, down, rows, omit, html, timeoutMs };
      use({ name: "plan", plan, options: commonOptions(command) });
    });

  program.command("status").argument("<plugin>")
    .addOption(TENANT).addOption(NATS).addOption(PREFIX)
    .action((plugin, { tenant }, command) =>
      use({ name: "status", plugin, tenant, options: commonOptions(command) })
    );

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
    .action((plugin, { tenant, prove, live }, command) => {
      const check = { plugin, tenant, prove, live };
      use({ name: "check", check, options: commonOptions(command) });
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
    .action((plugin, { out, overwrite }, command) =>
      use({ name: "bundle", bundle: { plugin, out, overwrite }, options: commonOptions(command) })
    );

  program.command("plugins")
    .action((_, command) => use({ name: "plugins", options: commonOptions(command) }));

  return program;
}

// The caller prints. To choose colors, Commander would read variables that the tasks do not allow.
const SILENT = {
  writeOut() {},
  writeErr() {},
  getOutHasColors: () => false,
  getErrHasColors: () => false,
};

const TENANT = new Option("--tenant <NAME>").argParser(text);
const NATS = new Option("--nats <URL>").argParser(webSocketUrl);
const PREFIX = new Option("--prefix <SUBJECT>").argParser(subject).default(DEFAULT_PREFIX);

const JOURNAL_MODE = new Option("--journal-mode <MODE>").argParser(journalMode);
const BUSY_TIMEOUT = new Option("--busy-timeout-ms <N>").argParser(wholeNumber);
const BACKUP = new Option("--backup <WHEN>").argParser(backupPolicy);
const KEEP = new Option("--keep-backups <N>").argParser(wholeNumber);
const KEEP_DAYS = new Option("--keep-backups-days <N>").argParser(wholeNumber);
const KEEP_BYTES = new Option("--keep-backups-bytes <N>").argParser(wholeNumber);
const EXCLUSIVE = new Option("--exclusive").default(false);

interface CommonValues {
  readonly journalMode?: "delete" | "wal" | undefined;
  readonly busyTimeoutMs?: number | undefined;
  readonly exclusive?: boolean | undefined;
  readonly backup?: BackupPolicy | undefined;
  readonly keepBackups?: number | undefined;
  readonly keepBackupsDays?: number | undefined;
  readonly keepBackupsBytes?: number | undefined;
  readonly maxPluginBytes?: number | undefined;
  readonly plugins?: string | undefined;
  readonly data?: string | undefined;
  readonly json: boolean;
  readonly by?: string | undefined;
  readonly nats?: string | undefined;
  readonly prefix?: string | undefined;
}

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
  const command = program.commands.find((each) => each.name() === program.args[0]);
  if (code === "commander.unknownOption" && command !== undefined) {
    const known = program.commands.flatMap((each) => each.options).map(({ long }) => long);
    if (known.some((option) => sentence.includes(`'${option}'`))) {
      const taken = [...command.options, ...program.options].map(({ long }) => long);
      return `${sentence}; ${command.name()} takes ${taken.join(", ")}`;
    }
  }
  return [sentence, ...suggestion].join(" ");
}

function usage(message: string): Arguments {
  return { kind: "usage", message };
}
