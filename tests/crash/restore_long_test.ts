// A selection of the crash exploration of restores; `deno task crash` runs all of it.

import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { Random } from "../support/random.ts";
import { killRestores } from "./kill_restores.ts";
import { exploreRestore, RESTORE_MODES } from "./explore_restore.ts";
import { exampleMigrations } from "./migration_session.ts";

const restores = suite("crashes in a restore");
const migrations = await exampleMigrations();
const FEW = { randomSubsets: 1, singles: false, seed: 1 };

for (const mode of RESTORE_MODES) {
  restores(`leave the old database or the new one, ${mode}`, async () => {
    const found = await exploreRestore(mode, migrations, { from: 3, to: 8 }, FEW);
    assert.equal(found.violations, []);
    assert.ok(found.before > 0 && found.after > 0);
  });
}

restores("are noticed where flushing does nothing", async () => {
  const isFlush = ({ kind }: { readonly kind: string }): boolean => kind === "flush";
  const { violations } = await exploreRestore(
    "delete",
    migrations,
    { from: 3, to: 8 },
    { ...FEW, randomSubsets: 4, singles: true },
    isFlush,
  );
  assert.ok(violations.length > 0);
});

restores("in a process that is killed leave one of the two, whole", async () => {
  const settings = { kills: 2, sizeBytes: 2_000_000, mostDelayMs: 1_500 };
  const { found, problems } = await killRestores(
    { ...settings, journalMode: "delete" },
    new Random(1),
  );
  assert.equal(problems, []);
  assert.is(found[0] + found[1], settings.kills);
});

restores.run();
