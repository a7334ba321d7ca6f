// The table of a fleet: where databases should be, and which are behind.

import * as assert from "uvu/assert";
import { fleetRows } from "../../lib/fleet/fleet_table.ts";
import type { Phase } from "../../lib/fleet/rollout_record.ts";
import { suite } from "../support/suite.ts";
import { aNode, aRollout, aState, someProgress } from "./fleet_facts.ts";

const table = suite("fleetRows()");

table("without a rollout, databases should be where the highest one is", () => {
  const nodes = [
    aNode("b", null, { databases: 3, versions: { "1": 2, "4": 1 } }),
    aNode("a", null, { databases: 2, versions: { "4": 1, "?": 1 } }),
  ];
  const rows = fleetRows(nodes, []);
  assert.equal(rows.map(({ node, target, behind }) => [node, target, behind]), [
    ["a", 4, 1],
    ["b", 4, 2],
  ]);
});

const PHASES: readonly (readonly [Phase, behind: number])[] = [
  ["running", 1],
  ["awaiting", 1],
  ["paused", 1],
  ["halted", 1],
  ["done", 1],
  ["aborted", 0],
  ["undoing", 0],
  ["undone", 0],
];
for (const [phase, behind] of PHASES) {
  table(`a node at version 1 is behind by ${behind} while a rollout to 2 is ${phase}`, () => {
    const rollout = aRollout(["a"], "100%", { state: aState({ phase }) });
    assert.is(fleetRows([aNode("a")], [rollout])[0]?.behind, behind);
  });
}

table("a rollout is for the nodes that it has chosen, and for its plugin", () => {
  const rollout = aRollout(["a"], "100%", { select: { region: "eu" } });
  const nodes = [
    aNode("a", null, { labels: { region: "eu" } }),
    aNode("b", null, { labels: { region: "us" } }),
    aNode("c", null, { plugin: "other", labels: { region: "eu" } }),
  ];
  assert.equal(fleetRows(nodes, [rollout]).map(({ behind }) => behind), [1, 0, 0]);
});

table("says how far a node is, and what went wrong", () => {
  const counts = { applied: 0, unchanged: 0, failed: 2, rows_lost: 0 };
  const other = "00000000-0000-4000-8000-000000000000";
  const nodes = [
    aNode("a", someProgress({ stage: "applied" })),
    aNode("b", someProgress({ counts })),
    aNode("c", someProgress({ refused: "not signed" }), { present: false }),
    aNode("d", someProgress({ rollout: other })),
  ];
  const rows = fleetRows(nodes, [aRollout(["a", "b", "c", "d"])]);
  assert.equal(rows.map(({ stage, trouble, online }) => [stage, trouble, online]), [
    ["applied", null, true],
    ["measured", "2 databases failed", true],
    ["measured", "not signed", false],
    [null, null, true],
  ]);
});

table("a node without a database of the plugin has no row", () => {
  assert.equal(fleetRows([aNode("a", null, { databases: 0, versions: {} })], []), []);
});

table.run();
