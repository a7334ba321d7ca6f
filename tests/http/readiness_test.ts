// The checks of /readyz that a running service cannot be made to fail.

import * as assert from "uvu/assert";
import { checkReadiness, type ReadinessOptions } from "../../lib/http/readiness.ts";
import { suite } from "../support/suite.ts";

const readiness = suite("checkReadiness()");

const dataDir = Deno.makeTempDirSync({ prefix: "godwit-ready-" });
const READY: ReadinessOptions = {
  dataDir,
  databases: { stuckThreads: 0 },
  whyNotServing: () => null,
  minFreeBytes: 1,
};

readiness("finds nothing wrong where nothing is", async () => {
  assert.equal(await checkReadiness(READY), {
    nats: null,
    data_directory: null,
    disk: null,
    threads: null,
  });
});

readiness("says how much space is free, and how much is asked for", async () => {
  const { disk } = await checkReadiness({ ...READY, minFreeBytes: 10 ** 18 });
  assert.match(
    disk ?? "",
    /^\d+ bytes are free, and --min-free-bytes asks for 1000000000000000000$/,
  );
});

readiness("counts stuck threads", async () => {
  const { threads } = await checkReadiness({ ...READY, databases: { stuckThreads: 2 } });
  assert.is(threads, "2 threads in an operation of SQLite that does not end");
});

readiness("makes the data directory where it is missing", async () => {
  const missing = `${dataDir}/not/yet`;
  const { data_directory } = await checkReadiness({ ...READY, dataDir: missing });
  assert.is(data_directory, null);
  assert.ok(Deno.statSync(missing).isDirectory);
});

readiness.after(() => Deno.removeSync(dataDir, { recursive: true }));
readiness.run();
