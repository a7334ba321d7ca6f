// Rollouts over nodes from the command line: real processes, a real nats-server.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { migrationFile } from "../support/migration_file.ts";
import { withJetStream } from "../support/nats_cluster.ts";
import { type Finished, GodwitProcess } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { godwitHere } from "./cli_setting.ts";

const fleet = suite("godwit rollout");

const server = withJetStream();
await server.start();
const workspace = new Workspace();
const key = join(workspace.root, "key");

const FIRST = { "001_scores.sql": migrationFile("CREATE TABLE scores (a);", "DROP TABLE scores;") };
const SECOND = { "002_best.sql": migrationFile("ALTER TABLE scores ADD COLUMN best;") };

workspace.write("game", FIRST);
await workspace.apply("game", { tenant: "x" });
const made = await godwitHere(["key", key]);
workspace.write("game", SECOND);
const node = await GodwitProcess.serve([
  ...["--fleet", "--node", "one", "--label", "region=eu", "--trust", made.stdout.trim()],
  ...["--nats", server.url, "--data", workspace.dataDir, "--plugins", join(workspace.root, "none")],
]);
await node.logs("Serving as a node");

function run(...args: readonly string[]): Promise<Finished> {
  return godwitHere([...args, "--nats", server.url, "--plugins", workspace.pluginsDir]);
}

fleet("fleet lists nodes and versions", async () => {
  const { stdout, code } = await run("fleet", "game");
  assert.is(code, 0);
  assert.match(
    stdout,
    /^node +plugin +online +databases +versions +behind +drifted +rollout +labels\none +game +yes +1 +1: 1 +0 +region=eu/,
  );
});

fleet("a node answers under its own name alone", async () => {
  const asked = ["history", "game", "--tenant", "x"];
  const own = await run(...asked, "--prefix", "db.migrate-nodes.one");
  assert.is(own.code, 0, own.stderr);
  assert.is((await run(...asked)).code, 3);
});

fleet("a bundle that no trusted publisher has signed halts it, and says why", async () => {
  const { stdout, code } = await run("rollout", "start", "game", "--by", "ann");
  assert.is(code, 1);
  assert.match(stdout, /game to 2: halted \(started by ann/);
  assert.match(stdout, /1 node\s+refused the rollout: The bundle of\s+"game" is not signed/);
  assert.match(stdout, /rollout abort: ends it: 0 databases stay at version 2/);
  const again = await run("rollout", "start", "game");
  assert.is(again.code, 1);
  assert.match(again.stderr, /A rollout of game that ann has started is halted/);
  assert.is((await run("rollout", "abort", "game")).code, 0);
});

fleet("start signs, leads to the end, and draws the waves", async () => {
  const { stdout, code } = await run("rollout", "start", "game", "--sign", key);
  assert.is(code, 0);
  assert.match(stdout, /✓ game to 2: done/);
  assert.match(stdout, /1 +█{20} +1\/1 +1 +1 +0 +0/);
  const status = JSON.parse((await run("rollout", "status", "game", "--json")).stdout);
  assert.equal([status.rollout.state.phase, status.waves[0].applied], ["done", 1]);
});

fleet("undo leads back", async () => {
  const { stdout, code } = await run("rollout", "undo", "game", "--how", "roll-back");
  // 002 has no DOWN statement.
  assert.is(code, 1);
  assert.match(stdout, /undone/);
  assert.match(stdout, /1 database could not be brought back: one/);
  assert.match(stdout, /one\/x: VALIDATION_FAILED/);
});

fleet("what is not there is refused with a way out", async () => {
  const none = await run("rollout", "status", "other");
  assert.is(none.code, 1);
  assert.match(none.stderr, 'There is no rollout of "other"');
  const wrong = await run("rollout", "start", "game", "--to", "9");
  assert.match(wrong.stderr, 'There is no migration 9 in the bundle of "game"');
  const paused = await run("rollout", "pause", "game");
  assert.match(paused.stderr, /The rollout of game is undone: only a running rollout/);
  const unreached = await godwitHere(["fleet", "--nats", "ws://127.0.0.1:1"]);
  assert.is(unreached.code, 3);
  assert.match(unreached.stderr, /Cannot reach ws:\/\/127.0.0.1:1/);
});

fleet.after(async () => {
  await node[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
fleet.run();
