// A thread that fails while it starts.

import * as assert from "uvu/assert";
import { DatabaseThread } from "../../lib/database/database_thread.ts";
import type { HostedDatabase } from "../../lib/database/database_host.ts";
import { watchThread } from "../../lib/database/started_thread.ts";
import { suite } from "../support/suite.ts";

const threads = suite("watchThread()");

threads("a thread that dies before its first call fails it, and no more", async () => {
  const url = "data:text/javascript,throw new Error('broken');";
  const thread = watchThread(new Worker(url, { type: "module" }));
  await new Promise((resolve) => thread.worker.addEventListener("error", resolve));
  const failure = await DatabaseThread.start<HostedDatabase>(
    thread,
    async (remote) => String(await remote.close()),
  ).catch((error) => error);
  assert.instance(failure, Error);
  assert.match(failure.message, /^The database worker died: .*broken/);
});

threads.run();
