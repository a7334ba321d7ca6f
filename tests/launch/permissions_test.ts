// The table of permissions: what a command line gets from it, and that the tasks get the same.

import * as assert from "uvu/assert";
import * as v from "valibot";
import { readArguments } from "../../lib/cli/arguments.ts";
import type { Command } from "../../lib/cli/command.ts";
import {
  denoFlags,
  NEEDS,
  permissionsAnywhere,
  permissionsFor,
} from "../../lib/launch/permissions.ts";
import { suite } from "../support/suite.ts";

const LOCAL = "--allow-env=GODWIT_PLUGINS,GODWIT_DATA,NO_COLOR,FORCE_COLOR,CI,TERM";
const ALL =
  "--allow-env=GODWIT_PLUGINS,GODWIT_DATA,NATS_URL,NATS_CREDS,NATS_USER,NATS_PASSWORD,NATS_TOKEN," +
  "WS_NO_BUFFER_UTIL,NO_COLOR,FORCE_COLOR,CI,TERM";
const DATABASE = "--allow-read=p,d --allow-write=d --allow-sys=statfs";

const permissions = suite("permissions");

permissions("a command gets its own directories and files, and a remote one the network", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["apply one", `${DATABASE} ${LOCAL}`],
    ["status one", `${DATABASE} ${LOCAL}`],
    ["apply one --nats ws://host", `--allow-read=creds --allow-net ${ALL}`],
    [
      "serve",
      "--v8-flags=--max-semi-space-size=2 --allow-read=p,d,creds --allow-write=d --allow-net " +
      `--allow-sys=statfs --allow-run=nats-server ${ALL}`,
    ],
    ["new one words", `--allow-read=p --allow-write=p ${LOCAL}`],
    ["diff one words --schema s.sql", `--allow-read=p,s.sql --allow-write=p ${LOCAL}`],
    [
      "plan one --html a/b.html",
      `--allow-read=p,d,a/b.html --allow-write=d,a/b.html --allow-sys=statfs ${LOCAL}`,
    ],
    [
      "bundle one --out a/b.mjs",
      "--allow-read=p,a --allow-write=a --allow-run=/bin/esbuild --allow-env",
    ],
    ["demo", `--allow-read=/tmp --allow-write=/tmp --allow-sys=statfs ${LOCAL}`],
    ["--help", "--allow-env=NO_COLOR,FORCE_COLOR,CI,TERM"],
    ["aply", "--allow-env=NO_COLOR,FORCE_COLOR,CI,TERM"],
  ];
  for (const [line, flags] of cases) assert.is(flagsOf(line), flags, line);
});

permissions("check writes the files that it fixes, and only then", () => {
  assert.is(flagsOf("check one"), `${DATABASE} ${LOCAL}`);
  assert.is(
    flagsOf("check one --fix"),
    `--allow-read=p,d --allow-write=p,d --allow-sys=statfs ${LOCAL}`,
  );
});

permissions("check starts git for --since, and only then", () => {
  assert.is(flagsOf("check --since main"), `${DATABASE} --allow-run=git ${LOCAL}`);
});

permissions("a comma in a path separates nothing", () => {
  const parsed = readArguments(["new", "one", "words", "--plugins", "a,b"], () => undefined);
  const flags = denoFlags(permissionsFor(parsed, surroundings(() => undefined)));
  assert.equal(flags.slice(0, 2), ["--allow-read=a,,b", "--allow-write=a,,b"]);
});

permissions("the tasks have what the table says, in any directories", () => {
  const alone: readonly Command["name"][] = ["serve", "bundle", "demo"];
  const rest = Object.keys(NEEDS).filter((name): name is Command["name"] =>
    !alone.some((each) => each === name)
  );
  const tasks: Readonly<Record<string, readonly Command["name"][]>> = {
    godwit: rest,
    serve: ["serve"],
    bundle: ["bundle"],
    demo: ["demo"],
  };
  for (const [task, commands] of Object.entries(tasks)) {
    const expected = denoFlags(permissionsAnywhere(commands));
    assert.equal(taskFlags(task), [...expected].sort(), task);
  }
});

permissions.run();

function flagsOf(line: string): string {
  const variables: Readonly<Record<string, string>> = {
    GODWIT_PLUGINS: "p",
    GODWIT_DATA: "d",
    NATS_CREDS: "creds",
  };
  const environment = (name: string): string | undefined => variables[name];
  const parsed = readArguments(line.split(" "), environment);
  return denoFlags(permissionsFor(parsed, surroundings(environment))).join(" ");
}

function surroundings(
  environment: (name: string) => string | undefined,
): Parameters<typeof permissionsFor>[1] {
  return { environment, temporary: "/tmp", programs: { esbuild: "/bin/esbuild" } };
}

/** The flags of a task, sorted; the path of esbuild is looked up by the task. */
function taskFlags(task: string): readonly string[] {
  const { tasks } = v.parse(
    v.object({ tasks: v.record(v.string(), v.object({ command: v.string() })) }),
    JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url))),
  );
  const command = tasks[task]?.command.replace(/"\$\([^)]+\)"/, "esbuild") ?? "";
  return command.split(" ").filter((word) => /^--(allow|v8)/.test(word)).sort();
}
