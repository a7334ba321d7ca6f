// Wrong command lines, help and version.

import * as assert from "uvu/assert";
import { readArguments } from "../../lib/cli/arguments.ts";
import { suite } from "../support/suite.ts";
import { godwit } from "../support/service_process.ts";

const usage = suite("usage");

// What is wrong, by the command line that has it.
const WRONG: readonly (readonly [string, RegExp])[] = [
  ["", /^Name a command$/],
  ["aply quotes", /^There is no command "aply"$/],
  ["toString", /^There is no command "toString"$/],
  ["apply", /^apply needs a plugin$/],
  ["apply one two", /^apply takes no "two"$/],
  ["apply one --dryrun", /^Unknown option '--dryrun'$/],
  ["apply one --dry-run=yes", /dry-run/],
  ["apply one --to", /--to/],
  ["apply one --to two", /^--to needs a version, or "latest", not "two"$/],
  ["apply one --to 1.5", /^--to needs a version/],
  ["rollback one --to latest", /^--to needs a version, not "latest"$/],
  ["rollback one --to -1", /--to/],
  ["apply one --timeout-ms soon", /^--timeout-ms needs a whole number, not "soon"$/],
  ["status one --dry-run", /^status takes no --dry-run; it takes --nats, --prefix$/],
  ["check --nats ws://127.0.0.1:1", /^check takes no --nats$/],
  ["new one", /^new needs a description$/],
  ["plugins one", /^plugins takes no "one"$/],
  [
    "serve --nats nats://127.0.0.1:4222",
    /^--nats needs a URL that begins with ws:\/\/ or wss:\/\/$/,
  ],
  ["status one --nats nonsense", /^--nats needs a URL/],
  ["serve --prefix db.>", /^--prefix "db\.>" is not a NATS subject without wildcards$/],
  ["serve --prefix .", /^--prefix/],
];

usage("readArguments() names what is wrong", () => {
  for (const [line, message] of WRONG) {
    const parsed = readArguments(line.split(" ").filter((each) => each !== ""), () => undefined);
    assert.is(parsed.kind, "usage", line);
    assert.match(parsed.kind === "usage" ? parsed.message : "", message, line);
  }
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
