// databaseName(): one name for each database.

import * as assert from "uvu/assert";
import { databaseName } from "../../lib/plan/database_address.ts";
import { suite } from "../support/suite.ts";

const addresses = suite("databaseName()");

addresses("is the plugin, and for a tenant the plugin and the tenant", () => {
  assert.is(databaseName({ plugin: "quote-db", tenant: null }), "quote-db");
  assert.is(databaseName({ plugin: "quote-db", tenant: "acme" }), "quote-db/acme");
});

addresses("is another for every address", () => {
  const names = ["a", "b", "a-b", "a_b", "ab"];
  const all = names.flatMap((plugin) =>
    [null, ...names].map((tenant) => databaseName({ plugin, tenant }))
  );
  assert.is(new Set(all).size, all.length);
});

addresses.run();
