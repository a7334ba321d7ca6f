// A selection of the fault injection; `deno task crash` runs all of it.

import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { injectFaults, LASTING_ENOSPC, SINGLE_EIO } from "./inject_faults.ts";
import { exampleMigrations } from "./migration_session.ts";

const faults = suite("storage faults");
const migrations = await exampleMigrations();

for (
  const [version, fault] of [[4, SINGLE_EIO], [4, LASTING_ENOSPC]] as const
) {
  const duration = fault.lasting ? "lasting" : "single";
  faults(
    `of every operation of ${version}, ${duration} ${fault.code}, are told and leave the database whole`,
    async () => {
      const report = await injectFaults(migrations, version, [fault]);
      assert.equal(report.problems, []);
      assert.ok(report.faults > 50);
      assert.ok(report.succeeded < report.faults);
    },
  );
}

faults.run();
