// A few of the kills of `deno task crash`.

import * as assert from "uvu/assert";
import { Random } from "../support/random.ts";
import { suite } from "../support/suite.ts";
import { killProcesses } from "./kill_processes.ts";
import { exampleMigrations } from "./migration_session.ts";

const kills = suite("SIGKILL");

kills("leaves a whole database at a whole version", async () => {
  const report = await killProcesses(await exampleMigrations(), 2, new Random(1));
  assert.equal(report.problems, []);
  assert.is(report.kills, 2);
});

kills.run();
