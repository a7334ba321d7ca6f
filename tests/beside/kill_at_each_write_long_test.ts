// A selection of the kills at each change; `deno task crash` tries every change.

import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { killAtEachWrite } from "./kill_at_each_write.ts";
import { JOURNAL_MODES } from "./native_states.ts";

const kills = suite("SIGKILL before a change to a file");

// With four pages there are three times as many changes.
const EVERY = { "default": 11, "4 pages": 37 } as const;
// Each kill is a process of its own. tests/crash/kill_test.ts kills without a native program too.
const CACHES = { idle: ["default", "4 pages"], alone: ["4 pages"] } as const;

for (const mode of JOURNAL_MODES) {
  for (const native of ["idle", "alone"] as const) {
    kills(`leaves the old or the new schema whole: ${mode}, ${native}`, async () => {
      for (const cache of CACHES[native]) {
        const every = EVERY[cache];
        const report = await killAtEachWrite({ mode, native, cache, from: every, every });
        assert.equal(report.problems, []);
        assert.ok(report.kills > 1 && report.done < report.kills);
      }
    });
  }
}

kills.run();
