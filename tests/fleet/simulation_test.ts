// Rollouts over simulated fleets: seeded loss, delay, reordering, restarts and failures.

import * as assert from "uvu/assert";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";
import { simulateRollout, type Weather } from "./simulated_fleet.ts";

const fleets = suite("simulated fleets");

const BAD: Weather = {
  lossPercent: 10,
  mostDelayMs: 1_500,
  offlinePercent: 10,
  restartPercent: 10,
  failPermille: 20,
};

fleets(
  "every node ends at its version, no wave begins early, and halts are resumed",
  () =>
    forAll(25, (random) => {
      const count = random.integer(1, 60);
      const waves = random.pick(["100%", "1,100%", "1,10%,100%", "2,25%,50%,100%"]);
      const { phase, applied, halts } = simulateRollout(random, count, waves, BAD);
      assert.equal([phase, applied], ["done", count]);
      assert.ok(halts <= waves.split(",").length + 3, `${halts} halts`);
    }),
);

fleets("failures within the limit halt nothing", () =>
  forAll(5, (random) => {
    const { halts } = simulateRollout(random, 40, "1,100%", {
      ...BAD,
      lossPercent: 0,
      restartPercent: 0,
      failPermille: 0,
    });
    assert.is(halts, 0);
  }));

fleets.run();
