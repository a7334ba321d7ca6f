// The address of the fleet view, and the rows that it shows.

import * as assert from "uvu/assert";
import { fleetRows } from "../../../lib/fleet/fleet_table.ts";
import {
  type FleetPlace,
  formatFleetPlace,
  parseFleetPlace,
  shownRows,
  WHOLE_FLEET,
} from "../../../lib/workbench/model/fleet_place.ts";
import { parseRoute } from "../../../lib/workbench/model/route.ts";
import { aNode } from "../../fleet/fleet_facts.ts";
import { suite } from "../../support/suite.ts";

const places = suite("the fleet's address");

places("formatFleetPlace() writes what parseFleetPlace() reads", () => {
  const several: readonly FleetPlace[] = [
    WHOLE_FLEET,
    { plugin: "quote-db", isBehind: true, find: "" },
    { plugin: null, isBehind: false, find: "region=eu & more?" },
    { plugin: "game", isBehind: true, find: "ü" },
  ];
  for (const place of several) assert.equal(parseFleetPlace(formatFleetPlace(place)), place);
});

places("is not that of a plugin, and a plugin's is not that of the fleet", () => {
  assert.is(parseFleetPlace("#/fleet"), null);
  assert.is(parseFleetPlace("#/fleet/data?behind"), null);
  assert.is(parseFleetPlace(""), null);
  assert.is(parseRoute("#/fleet/data").plugin, "fleet");
});

places("shownRows() filters by plugin, by what is behind, by node and by label", () => {
  const rows = fleetRows([
    aNode("till-1", null, { labels: { region: "eu" } }),
    aNode("till-2", null, { labels: { region: "us" }, versions: { "2": 1 } }),
    aNode("desk", null, { plugin: "other" }),
  ], []);
  const shown = (place: Partial<FleetPlace>): readonly string[] =>
    shownRows(rows, { ...WHOLE_FLEET, ...place }).map(({ node }) => node);
  assert.equal(shown({}), ["till-1", "till-2", "desk"]);
  assert.equal(shown({ plugin: "game" }), ["till-1", "till-2"]);
  assert.equal(shown({ isBehind: true }), ["till-1"]);
  assert.equal(shown({ find: " TILL" }), ["till-1", "till-2"]);
  assert.equal(shown({ find: "region=us" }), ["till-2"]);
});

places.run();
