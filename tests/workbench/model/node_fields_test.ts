// The fields that make a tab a node.

import * as assert from "uvu/assert";
import { NO_NODE, readNodeFields } from "../../../lib/workbench/model/node_fields.ts";
import { suite } from "../../support/suite.ts";

const fields = suite("readNodeFields()");

fields("makes no node without a name, whatever else is typed", () => {
  assert.equal(readNodeFields(NO_NODE), { ok: true, value: null });
  assert.equal(readNodeFields({ ...NO_NODE, name: " ", trust: "U1" }), { ok: true, value: null });
});

fields("reads labels and keys that commas or spaces separate", () => {
  const read = readNodeFields({ name: " till-3 ", labels: "region=eu, kind=till", trust: "U1 U2" });
  assert.equal(read, {
    ok: true,
    value: { node: "till-3", labels: { region: "eu", kind: "till" }, trust: ["U1", "U2"] },
  });
});

fields("names the label that is none", () => {
  const read = readNodeFields({ name: "till-3", labels: "region=eu kind", trust: "" });
  assert.match(read.ok ? "" : read.message, "The label kind: expected NAME=VALUE");
});

fields.run();
