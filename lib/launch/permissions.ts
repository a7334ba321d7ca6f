// The table of what each command needs: permissions of Deno, variables, V8's settings. The npm
// package starts commands by it, and the tasks in deno.json are held against it. Pure.

import { dirname } from "node:path";
import type { Arguments, Command, Environment } from "../cli/command.ts";

/** What a process of godwit may do beside reading its own modules. */
export interface Permissions {
  /** Files and directories; `"any"` for all of them. */
  readonly read: readonly string[] | "any";
  readonly write: readonly string[] | "any";
  /** Every address: a NATS server may name others of its cluster. */
  readonly net: boolean;
  /** The variables that are passed on; `"any"` where a program that it starts inherits them. */
  readonly env: readonly string[] | "any";
  /** Programs that it may start. */
  readonly run: readonly string[];
  /** Free space is read before a backup. */
  readonly statfs: boolean;
  /** Flags of V8. */
  readonly v8: readonly string[];
}

/** Variables that every command reads. */
const TERMINAL = ["NO_COLOR", "FORCE_COLOR", "CI", "TERM"];
const DIRECTORIES = ["GODWIT_PLUGINS", "GODWIT_DATA"];
const NATS = ["NATS_URL", "NATS_CREDS", "NATS_USER", "NATS_PASSWORD", "NATS_TOKEN"];
/** `ws` reads it when it is loaded. */
const WEB_SOCKET = ["WS_NO_BUFFER_UTIL"];

/** Variables that godwit may read at all, in the order of the tasks. */
export const VARIABLES: readonly string[] = [...DIRECTORIES, ...NATS, ...WEB_SOCKET, ...TERMINAL];

const LOCAL: readonly string[] = [...DIRECTORIES, ...TERMINAL];

/** What a command does with a directory. */
type Use = "nothing" | "read" | "write";

interface Need {
  readonly plugins: Use;
  readonly data: Use;
  /** Programs, by name. */
  readonly run?: readonly string[];
  /** It always connects to NATS; other commands do with `--nats`. */
  readonly nats?: true;
  /** It writes below the directory for temporary files. */
  readonly temporary?: true;
  readonly v8?: readonly string[];
}

/** Locks are files beside the databases, so whoever reads one writes there. */
const DATABASE = { plugins: "read", data: "write" } as const;

/** The table. A command without a line does not compile. */
export const NEEDS: Readonly<Record<Command["name"], Need>> = {
  apply: DATABASE,
  rollback: DATABASE,
  rollout: DATABASE,
  plan: DATABASE,
  status: DATABASE,
  tenants: DATABASE,
  history: DATABASE,
  cancel: DATABASE,
  backups: DATABASE,
  backup: DATABASE,
  restore: DATABASE,
  plugins: DATABASE,
  // With --since, git says what differs.
  check: { ...DATABASE, run: ["git"] },
  new: { plugins: "write", data: "nothing" },
  diff: { plugins: "write", data: "nothing" },
  dump: DATABASE,
  bundle: { plugins: "read", data: "nothing", run: ["esbuild"] },
  fleet: { plugins: "read", data: "nothing", nats: true },
  key: { plugins: "nothing", data: "nothing" },
  doctor: { ...DATABASE, nats: true },
  completion: { plugins: "nothing", data: "nothing" },
  man: { plugins: "nothing", data: "nothing" },
  demo: { plugins: "nothing", data: "nothing", temporary: true },
  // A service lives long, and small young generations keep its memory small.
  serve: { ...DATABASE, nats: true, run: ["nats-server"], v8: ["--max-semi-space-size=2"] },
};

/** Of the machine: the directory for temporary files, and the programs that commands start. */
export interface Surroundings {
  readonly environment: Environment;
  readonly temporary: string;
  /** The path of a program; its name finds it on the PATH. */
  readonly programs: Readonly<Record<string, string>>;
}

/** What a command line needs, with its own directories and files. */
export function permissionsFor(
  parsed: Arguments,
  { environment, temporary, programs }: Surroundings,
): Permissions {
  if (parsed.kind !== "command") return NOTHING;
  const { command } = parsed;
  const { options } = command;
  const need = needOf(command);
  const isRemote = options.nats !== undefined && need.nats !== true;
  const connects = isRemote || need.nats === true;
  const directories = (use: readonly Use[]): readonly string[] =>
    isRemote ? [] : [
      ...use.includes(need.plugins) ? [options.pluginsDir] : [],
      ...use.includes(need.data) ? [options.dataDir] : [],
    ];
  const credentials = connects ? environment("NATS_CREDS") : undefined;
  const written = [...need.temporary ? [temporary] : [], ...filesWritten(command)];
  return {
    read: [
      ...directories(["read", "write"]),
      ...credentials === undefined ? [] : [credentials],
      ...filesRead(command),
      ...written,
    ],
    write: [...directories(["write"]), ...written],
    net: connects,
    env: inherits(need) ? "any" : connects ? VARIABLES : LOCAL,
    run: (need.run ?? []).map((program) => programs[program] ?? program),
    statfs: backsUp(need) && !isRemote,
    v8: need.v8 ?? [],
  };
}

/** A check writes the files that it fixes, and starts git for `--since` alone. */
function needOf(command: Command): Need {
  const need = NEEDS[command.name];
  if (command.name !== "check") return need;
  const { fix, since } = command.check;
  return {
    ...need,
    plugins: fix === null ? need.plugins : "write",
    run: since === undefined ? [] : need.run ?? [],
  };
}

/** What commands need together, in any directories: the permissions of a task. */
export function permissionsAnywhere(names: readonly Command["name"][]): Permissions {
  const needs = names.map((name) => NEEDS[name]);
  const uses = needs.flatMap(({ plugins, data }) => [plugins, data]);
  const run = [...new Set(needs.flatMap((need) => need.run ?? []))];
  const writes = needs.some((need) => need.temporary === true || inherits(need));
  const connects = needs.some((need) => need.data === "write");
  return {
    read: writes || uses.some((use) => use !== "nothing") ? "any" : [],
    write: writes || uses.includes("write") ? "any" : [],
    net: connects,
    env: needs.some(inherits) ? "any" : connects ? VARIABLES : LOCAL,
    run,
    statfs: needs.some(backsUp),
    v8: [...new Set(needs.flatMap((need) => need.v8 ?? []))],
  };
}

/** The flags of `deno run`; paths are relative to the working directory or absolute. */
export function denoFlags(permissions: Permissions): readonly string[] {
  const { read, write, net, env, run, statfs, v8 } = permissions;
  return [
    ...v8.map((flag) => `--v8-flags=${flag}`),
    ...list("--allow-read", read),
    ...list("--allow-write", write),
    ...net ? ["--allow-net"] : [],
    ...statfs ? ["--allow-sys=statfs"] : [],
    ...list("--allow-run", run),
    ...list("--allow-env", env),
  ];
}

/** Whether it starts a program that inherits the environment, and writes what that makes. */
function inherits({ run = [] }: Need): boolean {
  return run.includes("esbuild");
}

/** Whether it makes backups, before which the free space is read. */
function backsUp({ data, temporary }: Need): boolean {
  return data === "write" || temporary === true;
}

const NOTHING: Permissions = {
  read: [],
  write: [],
  net: false,
  env: TERMINAL,
  run: [],
  statfs: false,
  v8: [],
};

/** Files that a command reads beside its directories. */
function filesRead(command: Command): readonly string[] {
  if (command.name === "diff") {
    return command.diff.schemaFile === undefined ? [] : [command.diff.schemaFile];
  }
  const keyFile = command.name === "bundle"
    ? command.bundle.keyFile
    : command.name === "fleet" && command.fleet.kind === "start"
    ? command.fleet.keyFile
    : undefined;
  return keyFile === undefined ? [] : [keyFile];
}

/** Files that a command writes beside its directories. */
function filesWritten(command: Command): readonly string[] {
  switch (command.name) {
    case "plan":
      return command.plan.html === undefined ? [] : [command.plan.html];
    case "bundle":
      // The module is written to a temporary file beside it first.
      return [dirname(command.bundle.out ?? ".")];
    case "key":
      return [command.file];
    default:
      return [];
  }
}

/** A flag with its values; a comma separates them, and two stand for one in a path. */
function list(flag: string, values: readonly string[] | "any"): readonly string[] {
  if (values === "any") return [flag];
  const unique = [...new Set(values)];
  return unique.length === 0
    ? []
    : [`${flag}=${unique.map((value) => value.replaceAll(",", ",,")).join()}`];
}
