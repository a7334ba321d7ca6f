// Reads the command line. Runs in Deno; the environment is read only for names that godwit documents.

import { parseArgs } from "node:util";
import { DEFAULT_PREFIX, isPrefix } from "../message/subject.ts";
import { ALL_VERBS, type AnyVerb } from "../message/verbs.ts";

/** What every command can be told. */
export interface CommonOptions {
  readonly pluginsDir: string;
  readonly dataDir: string;
  readonly json: boolean;
  readonly by: string | undefined;
  readonly prefix: string;
  /** The URL that `--nats` gives; `undefined` means the command runs in this process. */
  readonly nats: string | undefined;
}

/** What a run can be told. */
export interface RunOptions {
  readonly plugin: string;
  readonly to: number | "latest" | undefined;
  readonly dryRun: boolean;
  readonly planHash: string | undefined;
  readonly timeoutMs: number | undefined;
}

/** What a bundle is to be. */
export interface BundleOptions {
  readonly plugin: string;
  /** The module to write; by default `./<plugin>.bundle.js`. */
  readonly out: string | undefined;
  /** Replace files that godwit did not make. */
  readonly overwrite: boolean;
}

/** A command line that makes sense. */
export type Command =
  & { readonly options: CommonOptions }
  & (
    | { readonly name: "apply" | "rollback"; readonly run: RunOptions }
    | { readonly name: "status"; readonly plugin: string }
    | { readonly name: "check"; readonly plugin: string | undefined }
    | { readonly name: "new"; readonly plugin: string; readonly description: string }
    | { readonly name: "bundle"; readonly bundle: BundleOptions }
    | { readonly name: "plugins" | "serve" }
  );

/** A command, a request for help, or what is wrong with the command line. */
export type Arguments =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "help" | "version" }
  | { readonly kind: "usage"; readonly message: string };

/** Looks up an environment variable. */
export type Environment = (name: string) => string | undefined;

const OPTIONS = {
  "plugins": { type: "string" },
  "data": { type: "string" },
  "json": { type: "boolean" },
  "by": { type: "string" },
  "nats": { type: "string" },
  "prefix": { type: "string" },
  "to": { type: "string" },
  "dry-run": { type: "boolean" },
  "plan-hash": { type: "string" },
  "timeout-ms": { type: "string" },
  "out": { type: "string" },
  "overwrite": { type: "boolean" },
  "help": { type: "boolean", short: "h" },
  "version": { type: "boolean" },
} as const;

type OptionName = keyof typeof OPTIONS;
type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

const EVERYWHERE: readonly OptionName[] = ["plugins", "data", "json", "by"];
const RUN: readonly OptionName[] = ["to", "dry-run", "plan-hash", "timeout-ms", "nats", "prefix"];

interface Shape {
  /** The names of the arguments; one that ends in `?` may be left out. */
  readonly positionals: readonly string[];
  readonly options: readonly OptionName[];
  /** Its line of the help text. */
  readonly help: string;
}

type CommandName = AnyVerb | "serve" | "new" | "bundle";

// In the order of the help text.
const COMMANDS: Readonly<Record<CommandName, Shape>> = {
  serve: {
    positionals: [],
    options: ["nats", "prefix"],
    help: `answer ${DEFAULT_PREFIX}.<plugin>.* over NATS`,
  },
  apply: {
    positionals: ["plugin"],
    options: RUN,
    help: `${ALL_VERBS.apply.summary}   [--to N] [--dry-run]`,
  },
  rollback: {
    positionals: ["plugin"],
    options: RUN,
    help: `${ALL_VERBS.rollback.summary}      [--to N] [--dry-run]`,
  },
  status: {
    positionals: ["plugin"],
    options: ["nats", "prefix"],
    help: ALL_VERBS.status.summary,
  },
  check: { positionals: ["plugin?"], options: [], help: ALL_VERBS.check.summary },
  new: {
    positionals: ["plugin", "description"],
    options: [],
    help: "write the next numbered file",
  },
  bundle: {
    positionals: ["plugin"],
    options: ["out", "overwrite"],
    help: "one ES module of it, for browsers   [--out FILE]",
  },
  plugins: {
    positionals: [],
    options: [],
    help: `${ALL_VERBS.plugins.summary} with versions and pending counts`,
  },
};

const USAGE_WIDTH = 29;

/** The help text. */
export const HELP = `godwit: schema migrations for SQLite plugins

${commandLines()}

  --plugins DIR      where <plugin>/migrations/ is    GODWIT_PLUGINS, ./plugins
  --data DIR         where <plugin>.sqlite3 is        GODWIT_DATA, ./data
  --json             print the reply message, alone
  --by NAME          who applies; kept in the history
  --to N             the version to end at; rollback --to 0 undoes everything
  --dry-run          run on the real rows and undo it all
  --plan-hash HASH   run only the plan that was reviewed
  --timeout-ms N     interrupt after N milliseconds   600000
  --out FILE         the module to write              <plugin>.bundle.js
  --overwrite        replace a file that godwit did not make
  --nats URL         ask a running service; for serve, where NATS is:
                                             NATS_URL, ws://127.0.0.1:8080
  --prefix SUBJECT   the subjects' prefix             ${DEFAULT_PREFIX}

  Credentials: NATS_CREDS (a file), NATS_USER with NATS_PASSWORD, NATS_TOKEN
  Exit status: 0 success, 1 a failure reply, 2 wrong usage, 3 no reply`;

function commandLines(): string {
  return Object.entries(COMMANDS).map(([name, { positionals, help }]) => {
    const usage = [name, ...positionals.map(placeholder)].join(" ");
    return `  ${usage.padEnd(USAGE_WIDTH)}${help}`;
  }).join("\n");
}

function placeholder(positional: string): string {
  return positional.endsWith("?") ? `[${positional.slice(0, -1)}]` : `<${positional}>`;
}

/** Reads arguments and environment. */
export function readArguments(args: readonly string[], environment: Environment): Arguments {
  let values: Values;
  let positionals: readonly string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...args],
      options: OPTIONS,
      allowPositionals: true,
      strict: true,
    }));
  } catch (error) {
    // Node explains its own conventions after the first sentence.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    return usage(sentence ?? "The options cannot be read");
  }
  if (values.help || positionals[0] === "help") return { kind: "help" };
  if (values.version) return { kind: "version" };
  const [name, ...rest] = positionals;
  if (name === undefined) return usage("Name a command");
  if (!isCommand(name)) return usage(`There is no command "${name}"`);
  return checkShape(name, COMMANDS[name], rest, values) ??
    readCommand(name, rest, values, environment);
}

function checkShape(
  name: string,
  shape: Shape,
  positionals: readonly string[],
  values: Values,
): Arguments | null {
  const missing = shape.positionals.slice(positionals.length).find((each) => !each.endsWith("?"));
  if (missing !== undefined) return usage(`${name} needs a ${missing}`);
  const extra = positionals[shape.positionals.length];
  if (extra !== undefined) return usage(`${name} takes no "${extra}"`);
  const known: readonly string[] = [...EVERYWHERE, ...shape.options];
  const unknown = Object.keys(values).find((option) => !known.includes(option));
  if (unknown === undefined) return null;
  const takes = shape.options.map((option) => `--${option}`).join(", ");
  return usage(`${name} takes no --${unknown}${takes === "" ? "" : `; it takes ${takes}`}`);
}

function readCommand(
  name: CommandName,
  positionals: readonly string[],
  values: Values,
  environment: Environment,
): Arguments {
  const options: CommonOptions = {
    pluginsDir: values.plugins ?? environment("GODWIT_PLUGINS") ?? "./plugins",
    dataDir: values.data ?? environment("GODWIT_DATA") ?? "./data",
    json: values.json ?? false,
    by: values.by,
    prefix: values.prefix ?? DEFAULT_PREFIX,
    nats: values.nats,
  };
  if (!isPrefix(options.prefix)) {
    return usage(
      `--prefix ${JSON.stringify(options.prefix)} is not a NATS subject without wildcards`,
    );
  }
  if (options.nats !== undefined && !isWebSocketUrl(options.nats)) {
    return usage(`--nats needs a URL that begins with ws:// or wss://`);
  }
  const [first = "", second = ""] = positionals;
  switch (name) {
    case "apply":
    case "rollback":
      return readRun(name, first, values, options);
    case "status":
      return { kind: "command", command: { name, plugin: first, options } };
    case "check":
      return { kind: "command", command: { name, plugin: positionals[0], options } };
    case "new":
      return { kind: "command", command: { name, plugin: first, description: second, options } };
    case "bundle":
      return readBundle(first, values, options);
    case "plugins":
    case "serve":
      return { kind: "command", command: { name, options } };
  }
  name satisfies never;
}

function readRun(
  name: "apply" | "rollback",
  plugin: string,
  values: Values,
  options: CommonOptions,
): Arguments {
  const to = values.to === "latest" && name === "apply" ? "latest" : readWholeNumber(values.to);
  if (to === null) {
    return usage(
      `--to needs a version${name === "apply" ? ', or "latest"' : ""}, not "${values.to}"`,
    );
  }
  const timeoutMs = readWholeNumber(values["timeout-ms"]);
  if (timeoutMs === null) {
    return usage(`--timeout-ms needs a whole number, not "${values["timeout-ms"]}"`);
  }
  const run: RunOptions = {
    plugin,
    to,
    timeoutMs,
    dryRun: values["dry-run"] ?? false,
    planHash: values["plan-hash"],
  };
  return { kind: "command", command: { name, run, options } };
}

function readBundle(plugin: string, values: Values, options: CommonOptions): Arguments {
  // A server tells browsers by the ending that it is a module.
  if (values.out !== undefined && !/[^/\\]\.m?js$/.test(values.out)) {
    return usage(`--out needs a file that ends in .js or .mjs, not "${values.out}"`);
  }
  const bundle = { plugin, out: values.out, overwrite: values.overwrite ?? false };
  return { kind: "command", command: { name: "bundle", bundle, options } };
}

/** `null` for what is no whole number; `undefined` for what is not given. */
function readWholeNumber(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function isWebSocketUrl(url: string): boolean {
  return ["ws:", "wss:"].includes(URL.parse(url)?.protocol ?? "");
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function usage(message: string): Arguments {
  return { kind: "usage", message };
}
