// doctor: what it says about set-ups with something wrong, and how to mend it.

import * as assert from "uvu/assert";
import * as v from "valibot";
import { checkDeno, OLDEST_DENO } from "../../lib/cli/doctor/check_runtime.ts";
import { type Finished, godwit } from "../support/service_process.ts";
import { NatsServer } from "../support/nats_server.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { assertTidy, godwitHere, QUOTES, run } from "./cli_setting.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

const ReportSchema = v.object({
  success: v.boolean(),
  checks: v.array(v.strictObject({
    subject: v.string(),
    state: v.picklist(["ok", "warning", "problem"]),
    message: v.string(),
    remedy: v.nullable(v.string()),
  })),
});

const doctor = suite("doctor");

const nats = await NatsServer.start({ config: 'jetstream { store_dir: "$DIRECTORY" }' });

doctor.after(() => nats[Symbol.asyncDispose]());

doctor("finds nothing wrong, and leaves nothing behind", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await run(workspace, "apply", "quotes", "--to", "1");
  const before = names(workspace.dataDir);
  const { code, stdout, stderr } = await run(workspace, "doctor", "--nats", nats.url);
  assert.is(code, 0, stdout + stderr);
  assertTidy(stdout);
  assert.match(stdout, /✓ plugin quotes: version 1, 1 pending\n/);
  assert.match(stdout, /✓ JetStream: enabled\n/);
  assert.match(stdout, /\nEverything is as it should be\n$/);
  assert.equal(names(workspace.dataDir), before);
});

doctor("names problems with their remedies, and fails", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await run(workspace, "apply", "quotes");
  workspace.write("quotes", {
    "001_create_quotes.sql": `${QUOTES["001_create_quotes.sql"]}-- x\n`,
  });
  workspace.write("votes", { "001_bad.sql": "no markers" });
  const finished = await run(workspace, "doctor", "--json", "--nats", "ws://127.0.0.1:1");
  assert.is(finished.code, 1);
  const found = report(finished);
  assert.match(found.get("plugin quotes") ?? "", /^problem: .* → godwit check quotes shows where$/);
  assert.match(found.get("plugin votes") ?? "", /^problem: .* → godwit check votes shows where$/);
  assert.match(
    found.get("NATS") ?? "",
    /^problem: No server at ws:\/\/127\.0\.0\.1:1: .* → Start it/,
  );
  assert.match(found.get("Deno") ?? "", /^ok: /);
});

doctor(
  "says what is missing before anything is set up, and what a file in the way is",
  async () => {
    await using workspace = new Workspace();
    Deno.writeTextFileSync(`${workspace.dataDir}-file`, "");
    const nowhere = await godwit([
      "doctor",
      "--plugins",
      "/nowhere",
      "--data",
      "/nowhere",
      "--json",
    ], {
      env: { NATS_URL: nats.url },
    });
    assert.is(nowhere.code, 0, nowhere.stderr);
    assert.match(
      report(nowhere).get("plugins") ?? "",
      /^warning: .*ENOENT; name another with --plugins/,
    );
    assert.match(report(nowhere).get("data directory") ?? "", /^ok: .*the first apply makes it/);
    const data = `${workspace.dataDir}-file`;
    const file = await godwitHere([
      "doctor",
      "--plugins",
      workspace.pluginsDir,
      "--data",
      data,
      "--json",
    ]);
    assert.is(file.code, 1);
    assert.match(report(file).get("data directory") ?? "", /^problem: .* is a file → Name/);
    Deno.removeSync(data);
  },
);

doctor("names the permissions that Deno does not grant", async () => {
  await using workspace = new Workspace();
  const { pluginsDir, dataDir } = workspace;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", "--allow-net", "--allow-env"],
      ...[`--allow-read=${ROOT},${pluginsDir},${dataDir}`, `${ROOT}mod.ts`, "doctor", "--json"],
      ...["--plugins", pluginsDir, "--data", dataDir],
    ],
  }).output();
  assert.is(code, 1);
  const found = report({ code, stdout: new TextDecoder().decode(stdout), stderr: "" });
  assert.match(found.get("permissions") ?? "", /^problem: .* → --allow-write=\S+$/);
});

doctor("checkDeno() refuses a Deno that is too old", () => {
  assert.is(checkDeno(OLDEST_DENO).state, "ok");
  assert.is(checkDeno("2.8.9").state, "problem");
  assert.is(checkDeno("3.0.0").state, "ok");
});

doctor.run();

/** The checks by what they looked at: "state: message → remedy". */
function report({ stdout }: Finished): ReadonlyMap<string, string> {
  const { success, checks } = v.parse(ReportSchema, JSON.parse(stdout));
  assert.is(success, checks.every(({ state }) => state !== "problem"));
  for (const { state, remedy } of checks) assert.is(remedy === null, state === "ok");
  return new Map(
    checks.map(({ subject, state, message, remedy }) => [
      subject,
      `${state}: ${message}${remedy === null ? "" : ` → ${remedy}`}`,
    ]),
  );
}

function names(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}
