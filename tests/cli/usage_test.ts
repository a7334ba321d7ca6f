// Wrong command lines, help and version.

import * as assert from "uvu/assert";
import { readArguments } from "../../lib/cli/arguments.ts";
import type { Arguments, Command, RunOptions } from "../../lib/cli/command.ts";
import { suite } from "../support/suite.ts";
import { godwit } from "../support/service_process.ts";

const usage = suite("usage");

// What is wrong, by the command line that has it.
const WRONG: readonly (readonly [string, string])[] = [
  ["", "Name a command"],
  ["--json", "Name a command"],
  ["aply quotes", "Unknown command 'aply' (Did you mean apply?)"],
  ["toString", "Unknown command 'toString'"],
  ["apply", "Missing required argument 'plugin'"],
  ["apply one two", "Too many arguments for 'apply'. Expected 1 argument but got 2: one, two"],
  ["apply one --dryrun", "Unknown option '--dryrun' (Did you mean --dry-run?)"],
  ["apply one --plugin dir", "Unknown option '--plugin' (Did you mean --plugins?)"],
  ["apply one --dry-run=yes", "Unknown option '--dry-run=yes'"],
  ["apply one --to", "Option '--to <N>' argument missing"],
  [
    "apply one --to two",
    "Option '--to <N>' argument 'two' is invalid. It needs a version or \"latest\"",
  ],
  [
    "apply one --to 1.5",
    "Option '--to <N>' argument '1.5' is invalid. It needs a version or \"latest\"",
  ],
  [
    "rollback one --to latest",
    "Option '--to <N>' argument 'latest' is invalid. It needs a version",
  ],
  ["rollback one --to -1", "Option '--to <N>' argument '-1' is invalid. It needs a version"],
  [
    "apply one --timeout-ms soon",
    "Option '--timeout-ms <N>' argument 'soon' is invalid. It needs a whole number",
  ],
  [
    "apply one --by --dry-run",
    "Option '--by <NAME>' argument '--dry-run' is invalid. It must not begin with -",
  ],
  [
    "bundle one --tenant acme",
    "Unknown option '--tenant'; bundle takes --out, --overwrite, --sign, --version, --plugins, --data, --json, --by, --max-plugin-bytes",
  ],
  [
    "status one --dry-run",
    "Unknown option '--dry-run'; " +
    "status takes --tenant, --nats, --prefix, --all-tenants, --version, --plugins, --data, --json, --by, --max-plugin-bytes",
  ],
  [
    "check --nats ws://127.0.0.1:1",
    "Unknown option '--nats'; check takes --tenant, --prove, --live, --fix, --yes, --format, --since, --version, --plugins, --data, --json, --by, --max-plugin-bytes",
  ],
  [
    "check --format xml",
    "Option '--format <FORMAT>' argument 'xml' is invalid. " +
    "It needs one of text, json, github, sarif, junit",
  ],
  ["check --json --format sarif", "--json prints JSON; leave out --format sarif, or --json"],
  ["check --fix --format junit", "--fix shows what it does, which --format junit cannot"],
  ["plan one --markdown --json", "--json prints JSON; leave out --markdown, or --json"],
  [
    "serve --http 127.0.0.1",
    "Option '--http <ADDRESS>' argument '127.0.0.1' is invalid. " +
    "It needs HOST:PORT, or a port of this machine alone",
  ],
  ["new one", "Missing required argument 'description'"],
  ["plugins one", "Too many arguments for 'plugins'. Expected 0 arguments but got 1: one"],
  [
    "serve --nats nats://127.0.0.1:4222",
    "Option '--nats <URL>' argument 'nats://127.0.0.1:4222' is invalid. " +
    "It needs a URL that begins with ws:// or wss://",
  ],
  [
    "status one --nats nonsense",
    "Option '--nats <URL>' argument 'nonsense' is invalid. " +
    "It needs a URL that begins with ws:// or wss://",
  ],
  ["serve --fleet", "--fleet needs the name of this node: --node NAME"],
  [
    "serve --node one",
    "--node, --label and --trust are for a node of a fleet: add --fleet",
  ],
  [
    "serve --fleet --node One",
    "Option '--node <NAME>' argument 'One' is invalid. It needs 1 to 64 characters: " +
    "a-z, 0-9, _ and -, of which the first is a letter or a digit",
  ],
  [
    "serve --fleet --node one --label eu",
    "Option '--label <K=V>' argument 'eu' is invalid. It is refused: " +
    "expected NAME=VALUE, each of 1 to 64 letters, digits, _, . and -",
  ],
  [
    "serve --fleet --node one --trust xyz",
    "Option '--trust <KEY>' argument 'xyz' is invalid. It needs a public key, which begins with U: " +
    "godwit key FILE",
  ],
  [
    "rollout start one --canary a=b",
    "--canary is for the nodes of a fleet; name its server with --nats",
  ],
  [
    "rollout start one --nats ws://127.0.0.1:1 --dry-run",
    "--dry-run is for the tenants of this node; leave out --nats",
  ],
  [
    "rollout start one --answer-within-ms 5",
    "--answer-within-ms is for the nodes of a fleet; name its server with --nats",
  ],
  [
    "rollout lead one --detach",
    "Unknown option '--detach'; rollout lead takes --nats, --version, --plugins, --data, --json, --by, --max-plugin-bytes",
  ],
  [
    "apply one --all-tenants --plan-hash aa",
    "Option '--all-tenants' cannot be used with option '--plan-hash <HASH>'",
  ],
  [
    "fleet --replicas 0",
    "Option '--replicas <N>' argument '0' is invalid. It needs a number from 1 to 5",
  ],
  [
    "rollout undo one --how backwards",
    "Option '--how <METHOD>' argument 'backwards' is invalid. It needs restore or roll-back",
  ],
  [
    "serve --prefix db.>",
    "Option '--prefix <SUBJECT>' argument 'db.>' is invalid. " +
    "It needs a NATS subject without wildcards",
  ],
  [
    "bundle one --out one.json",
    "Option '--out <FILE>' argument 'one.json' is invalid. " +
    "It needs a file that ends in .js or .mjs",
  ],
];

usage("readArguments() names what is wrong", () => {
  for (const [line, message] of WRONG) {
    const parsed = readArguments(line.split(" ").filter((each) => each !== ""), () => undefined);
    assert.equal(parsed, { kind: "usage", message }, line);
  }
});

const CHECK = {
  plugin: undefined,
  prove: false,
  live: false,
  tenant: undefined,
  fix: null,
  format: "text",
  since: undefined,
} as const;
const COMMON = {
  pluginsDir: "./plugins",
  dataDir: "./data",
  json: false,
  by: undefined,
  nats: undefined,
  prefix: "db.migrate",
  databases: { exclusive: false },
};

// What is understood, by the command line.
const RIGHT: readonly (readonly [string, Arguments])[] = [
  ["apply one", command({ name: "apply", run: runOf({}), options: COMMON })],
  [
    "apply one --tenant acme --to 3 --dry-run --plan-hash abc --timeout-ms 5",
    command({
      name: "apply",
      run: runOf({ tenant: "acme", to: 3, dryRun: true, planHash: "abc", timeoutMs: 5 }),
      options: COMMON,
    }),
  ],
  [
    "apply one --to latest",
    command({ name: "apply", run: runOf({ to: "latest" }), options: COMMON }),
  ],
  [
    "plan one --down --to 2 --rows 5 --omit schemas,statements --html plan.html --timeout-ms 5",
    command({
      name: "plan",
      plan: {
        plugin: "one",
        tenant: undefined,
        to: 2,
        down: true,
        rows: 5,
        omit: ["schemas", "statements"],
        html: "plan.html",
        markdown: false,
        timeoutMs: 5,
      },
      options: COMMON,
    }),
  ],
  ["rollback --to=0 one", command({ name: "rollback", run: runOf({ to: 0 }), options: COMMON })],
  [
    "--json --plugins p status one --data d --by me",
    command({
      name: "status",
      plugin: "one",
      tenant: undefined,
      options: { ...COMMON, json: true, pluginsDir: "p", dataDir: "d", by: "me" },
    }),
  ],
  [
    "status one --tenant acme",
    command({ name: "status", plugin: "one", tenant: "acme", options: COMMON }),
  ],
  [
    "serve --journal-mode wal --busy-timeout-ms 100 --exclusive --max-plugin-bytes 9",
    command({
      name: "serve",
      serve: {
        graceMs: 10_000,
        http: undefined,
        minFreeBytes: 104_857_600,
        logLevel: "info",
        node: null,
      },
      options: {
        ...COMMON,
        databases: {
          journalMode: "wal",
          busyTimeoutMs: 100,
          maxPluginBytes: 9,
          exclusive: true,
        },
      },
    }),
  ],
  [
    "serve --nats wss://host --prefix a.b --grace-ms 500",
    command({
      name: "serve",
      serve: {
        graceMs: 500,
        http: undefined,
        minFreeBytes: 104_857_600,
        logLevel: "info",
        node: null,
      },
      options: { ...COMMON, nats: "wss://host", prefix: "a.b" },
    }),
  ],
  ["check", command({ name: "check", check: CHECK, options: COMMON })],
  [
    "check --format sarif --since origin/main",
    command({
      name: "check",
      check: { ...CHECK, format: "sarif", since: "origin/main" },
      options: COMMON,
    }),
  ],
  [
    "check --format json",
    command({
      name: "check",
      check: { ...CHECK, format: "json" },
      options: { ...COMMON, json: true },
    }),
  ],
  [
    "serve --http 9090 --min-free-bytes 5",
    command({
      name: "serve",
      serve: {
        graceMs: 10_000,
        http: { hostname: "127.0.0.1", port: 9090 },
        minFreeBytes: 5,
        node: null,
        logLevel: "info",
      },
      options: COMMON,
    }),
  ],
  [
    "serve --http [::1]:0",
    command({
      name: "serve",
      serve: {
        graceMs: 10_000,
        http: { hostname: "::1", port: 0 },
        minFreeBytes: 104_857_600,
        node: null,
        logLevel: "info",
      },
      options: COMMON,
    }),
  ],
  ["check one", command({ name: "check", check: { ...CHECK, plugin: "one" }, options: COMMON })],
  [
    "check one --prove",
    command({ name: "check", check: { ...CHECK, plugin: "one", prove: true }, options: COMMON }),
  ],
  [
    "check one --live --tenant acme",
    command({
      name: "check",
      check: { ...CHECK, plugin: "one", prove: true, live: true, tenant: "acme" },
      options: COMMON,
    }),
  ],
  [
    "check one --fix",
    command({ name: "check", check: { ...CHECK, plugin: "one", fix: "ask" }, options: COMMON }),
  ],
  [
    "check one --yes",
    command({ name: "check", check: { ...CHECK, plugin: "one", fix: "write" }, options: COMMON }),
  ],
  ["new one words", command({ name: "new", plugin: "one", description: "words", options: COMMON })],
  [
    "bundle one --out a/b.mjs --overwrite",
    command({
      name: "bundle",
      bundle: { plugin: "one", out: "a/b.mjs", overwrite: true, keyFile: undefined },
      options: COMMON,
    }),
  ],
  ["plugins", command({ name: "plugins", namesOnly: false, options: COMMON })],
  ["--version", { kind: "version" }],
  ["apply --help", { kind: "help" }],
  ["help apply", { kind: "help" }],
];

usage("readArguments() reads commands, with options before and after them", () => {
  for (const [line, expected] of RIGHT) {
    assert.equal(readArguments(line.split(" "), () => undefined), expected, line);
  }
});

usage("readArguments() reads no variable whose option is given", () => {
  const refuse = (name: string): string => {
    throw new Error(`${name} may not be read`);
  };
  const parsed = readArguments(["plugins", "--plugins", "p", "--data", "d"], refuse);
  assert.is(parsed.kind, "command");
});

usage("readArguments() prefers options to the environment", () => {
  const environment = (name: string): string => `from ${name}`;
  assert.equal(
    readArguments(["plugins", "--data", "d"], environment),
    command({
      name: "plugins",
      namesOnly: false,
      options: { ...COMMON, pluginsDir: "from GODWIT_PLUGINS", dataDir: "d" },
    }),
  );
});

usage(
  "an unknown command and an unknown option exit with 2 and help on standard error",
  async () => {
    for (const args of [["aply"], ["apply", "quotes", "--dryrun"], ["apply", "--json"], []]) {
      const { code, stdout, stderr } = await godwit(args);
      assert.is(code, 2);
      assert.is(stdout, "");
      assert.match(stderr, /apply <plugin>/);
      assert.match(stderr.trimEnd().split("\n").at(-1) ?? "", /^✗ /);
    }
  },
);

usage("help and version go to standard output", async () => {
  for (const args of [["--help"], ["-h"], ["help"], ["apply", "--help"]]) {
    const { code, stdout, stderr } = await godwit(args);
    assert.is(code, 0);
    assert.is(stderr, "");
    assert.match(stdout, /^godwit: schema migrations for SQLite plugins\n/);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  }
  assert.match((await godwit(["--version"])).stdout, /^godwit \d+\.\d+\.\d+\n$/);
});

usage.run();

function command(command: Command): Arguments {
  return { kind: "command", command };
}

function runOf(options: Partial<RunOptions>): RunOptions {
  return {
    plugin: "one",
    tenant: undefined,
    to: undefined,
    dryRun: false,
    planHash: undefined,
    timeoutMs: undefined,
    transaction: undefined,
    ...options,
  };
}
