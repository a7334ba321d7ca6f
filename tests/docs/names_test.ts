// What the code names is in the documentation, and the documentation names nothing else.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { FINDING_CODES } from "../../lib/finding/finding.ts";
import { readArguments } from "../../lib/cli/arguments.ts";
import { HELP } from "../../lib/cli/help.ts";
import { VARIABLES } from "../../lib/launch/permissions.ts";
import { verbs } from "../../lib/message/verbs.ts";
import { jsonSchemaFiles } from "../support/json_schemas.ts";
import { ERROR_CODES } from "../../lib/message/reply.ts";
import { suite } from "../support/suite.ts";
import { namesUnder } from "./page.ts";
import { readPage } from "./pages.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const messages = readPage("docs/NATS_MESSAGES.md");
const troubleshooting = readPage("docs/TROUBLESHOOTING.md");
const architecture = readPage("docs/ARCHITECTURE.md");
const operations = readPage("docs/OPERATIONS.md");

const names = suite("names");

names("every error code has a heading in NATS_MESSAGES and a row in TROUBLESHOOTING", () => {
  assertSame(namesUnder(messages, "Error codes"), ERROR_CODES);
  assertSame(namesUnder(troubleshooting, "Error codes"), ERROR_CODES);
});

names("every finding code has a row in NATS_MESSAGES and a heading in TROUBLESHOOTING", () => {
  assertSame(namesUnder(messages, "Finding codes"), Object.keys(FINDING_CODES));
  assertSame(namesUnder(troubleshooting, "Findings"), Object.keys(FINDING_CODES));
});

names("a finding code stands under its category", () => {
  for (const category of new Set(Object.values(FINDING_CODES))) {
    const codes = Object.entries(FINDING_CODES).filter(([, each]) => each === category);
    assertSame(namesUnder(messages, category), codes.map(([code]) => code));
  }
});

names("every error code has its number in the header", () => {
  assertSame(namesUnder(messages, "The service"), ERROR_CODES);
});

names("every key of every request is in NATS_MESSAGES", () => {
  for (const verb of verbs().filter((each) => each !== "rollback")) {
    const schema: unknown = JSON.parse(jsonSchemaFiles().get(`${verb}.request.json`) ?? "");
    const documented = namesUnder(messages, verb);
    for (const key of keysOf(schema)) assert.ok(documented.includes(key), `${verb}: ${key}`);
  }
});

names("every field of every reply and event is in NATS_MESSAGES", () => {
  for (const [file, text] of jsonSchemaFiles()) {
    for (const key of keysOf(JSON.parse(text))) {
      assert.ok(
        messages.text.includes(`\`${key}\``) || messages.text.includes(`"${key}"`),
        `${file}: ${key}`,
      );
    }
  }
});

names("every verb has a section", () => {
  const headings = messages.sections.map(({ heading }) => heading);
  for (const verb of verbs()) assert.ok(headings.includes(verb), verb);
});

names("every option is in OPERATIONS and in the help", () => {
  const helped = [...HELP.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option);
  assertSame(namesUnder(operations, "Options"), [...new Set([...helped, "--help", "--version"])]);
});

names("every documented option is one that the command line knows", () => {
  for (const option of namesUnder(operations, "Options")) {
    const commands = "apply plan status history cancel backups check diff dump bundle".split(" ");
    const isUnknown = [
      ...commands.map((command) => [command, "p"]),
      ["rollout", "start", "p"],
      ...["status", "resume", "undo"].map((command) => ["rollout", command, "p"]),
      ["fleet"],
      ["serve"],
      ["plugins"],
    ]
      .flatMap((
        command,
      ) => [
        readArguments([...command, option], () => undefined),
        readArguments([...command, `${option}=1`], () => undefined),
      ]).every((each) => each.kind === "usage" && each.message.startsWith("Unknown option"));
    assert.not(isUnknown, option);
  }
});

names("every environment variable that godwit may read is in OPERATIONS", () => {
  assertSame(namesUnder(operations, "Environment"), VARIABLES);
});

names("every test that an invariant names is there", () => {
  const paths = architecture.text.match(/`tests\/[\w/]+\.ts`/g) ?? [];
  assert.ok(paths.length > 0);
  for (const path of paths) Deno.statSync(join(ROOT, path.slice(1, -1)));
});

names(
  "every file and folder of lib that ARCHITECTURE names is there, and it names every folder",
  () => {
    const paths = architecture.text.match(/`lib\/[\w/.]+`/g) ?? [];
    for (const path of paths) Deno.statSync(join(ROOT, path.slice(1, -1)));
    const rooms = [...Deno.readDirSync(join(ROOT, "lib"))].filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => name);
    assertSame(namesUnder(architecture, "Components"), rooms);
  },
);

names("every package has its version and its reason in DEVELOPMENT", () => {
  const text = readPage("docs/DEVELOPMENT.md").text;
  const pins = read("deno.json").matchAll(/"npm:((?:@[\w.-]+\/)?[\w.-]+)@([\w.-]+)"/g);
  for (const [, name, version] of pins) assert.ok(text.includes(`\`${name}\` ${version}`), name);
});

names("every task is in DEVELOPMENT", () => {
  const { tasks } = v.parse(
    v.object({ tasks: v.record(v.string(), v.unknown()) }),
    JSON.parse(read("deno.json")),
  );
  assertSame(namesUnder(readPage("docs/DEVELOPMENT.md"), "Tests"), Object.keys(tasks));
});

names.run();

function read(path: string): string {
  return Deno.readTextFileSync(join(ROOT, path));
}

function assertSame(documented: readonly string[], coded: readonly string[]): void {
  assert.equal([...documented].sort(), [...coded].sort());
}

/** The keys of a schema's properties, those of what it holds included. */
function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, part]) =>
    key === "properties" && typeof part === "object" && part !== null
      ? [...Object.keys(part), ...Object.values(part).flatMap(keysOf)]
      : keysOf(part)
  );
}
