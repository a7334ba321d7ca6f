// The changelog, the checklist and the compiled programs of a release.

import * as assert from "uvu/assert";
import config from "../../deno.json" with { type: "json" };
import { changelogProblem } from "../../lib/release/changelog.ts";
import { compileArguments, TARGETS } from "../../lib/release/compile.ts";
import { RELEASE_STEPS } from "../../lib/release/release_steps.ts";
import { suite } from "../support/suite.ts";

const release = suite("release");

release("changelogProblem() wants the version first, with its day", () => {
  const cases: readonly (readonly [string, RegExp | null])[] = [
    ["# Changelog\n\n## 1.2.0, 2026-12-01\n\n- More.\n\n## 1.1.0, 2026-11-01\n", null],
    ["# Changelog\n\n## 1.2.0, unreleased\n", /gives 1\.2\.0 no date/],
    ["# Changelog\n\n## 1.1.0, 2026-11-01\n", /begins with "## 1\.1\.0, 2026-11-01"/],
    ["# Changelog\n", /has no version/],
  ];
  for (const [text, problem] of cases) {
    const found = changelogProblem(text, "1.2.0");
    if (problem === null) assert.is(found, null);
    else assert.match(found ?? "", problem);
  }
});

release("the changelog begins with the version of deno.json", () => {
  const text = Deno.readTextFileSync(new URL("../../CHANGELOG.md", import.meta.url));
  assert.match(text, new RegExp(`^[^]*?\n## ${config.version.replaceAll(".", "\\.")}, `));
});

release("every step of the checklist is a task that there is, or a command of Deno", () => {
  for (const { args: [command = "", name = ""] } of RELEASE_STEPS) {
    if (command === "task") assert.ok(Object.keys(config.tasks).includes(name), name);
    else assert.is(command, "publish");
  }
});

release("a compiled program holds the worker, and may do what the commands need", () => {
  assert.is(new Set(TARGETS).size, 4);
  const args = compileArguments("x86_64-unknown-linux-gnu", "out");
  assert.ok(args.includes("lib/database/file_worker.ts"));
  assert.ok(args.includes("--allow-run=git,nats-server"), args.join(" "));
  assert.not(args.includes("--allow-env"));
});

release.run();
