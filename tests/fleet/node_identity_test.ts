// What a node can be called, and how it can be labelled.

import * as assert from "uvu/assert";
import { whyNoNode } from "../../lib/fleet/node_identity.ts";
import { suite } from "../support/suite.ts";

const identity = suite("whyNoNode()");

identity("takes what a key and a subject can have in them", () => {
  assert.is(whyNoNode({ name: "phone-1", labels: { region: "eu", "os.kind": "x" } }), null);
});

identity("says what a name and a label need", () => {
  const why = (name: string, labels: Readonly<Record<string, string>> = {}): string =>
    whyNoNode({ name, labels }) ?? "";
  assert.match(why("Phone 1"), "The name of a node needs 1 to 64 characters");
  assert.match(why("phone", { "region=eu": "x" }), "The label region=eu=x: expected NAME=VALUE");
  assert.match(why("phone", { region: "" }), "The label region=: expected NAME=VALUE");
});

identity.run();
