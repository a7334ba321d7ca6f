// Any migration, rehearsed or not: what is measured is what a slow comparison of all rows finds.

import * as assert from "uvu/assert";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";
import { drawMigration } from "./drawn_migration.ts";
import { lossesOf } from "./measured_step.ts";
import { slowLosses } from "./slow_losses.ts";

const any = suite("any migration");

any("the losses of any migration are those that a comparison of all rows finds", async () => {
  await forAll(250, async (random) => {
    const drawn = drawMigration(random);
    const expected = slowLosses(drawn);
    if (expected === null) return;
    const known = random.pick(["rehearsed", "unrehearsed"] as const);
    const found = (await lossesOf(drawn.base, drawn.sql, "off", known)).toSorted();
    const what = `${drawn.base}\n${drawn.sql}`;
    if (expected.kind === "exactly") {
      assert.equal(found, expected.losses.map((loss) => loss.replace('""', "")).toSorted(), what);
    }
    if (expected.kind === "something") assert.is.not(found.length, 0, what);
  });
});

any.run();
