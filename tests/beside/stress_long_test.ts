// A selection of the stress beside native writers; `deno task crash` runs more rounds.

import * as assert from "uvu/assert";
import { Random } from "../support/random.ts";
import { suite } from "../support/suite.ts";
import { JOURNAL_MODES } from "./native_states.ts";
import { stress } from "./stress.ts";

const beside = suite("godwit and native writers, killed at random");

for (const mode of JOURNAL_MODES) {
  beside(`lose no acknowledged row: ${mode}`, async () => {
    const { rounds, acknowledged, lost, problems } = await stress(mode, 3, new Random(1));
    assert.equal(problems, []);
    assert.equal(lost, []);
    assert.ok(rounds >= 3 && acknowledged > 0);
  });
}

beside.run();
