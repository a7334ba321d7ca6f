// The JSON Schemas in docs/schemas are those of the code.

import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { verbs } from "../../lib/message/verbs.ts";
import { jsonSchemaFiles } from "../support/json_schemas.ts";
import { suite } from "../support/suite.ts";

const DIRECTORY = fileURLToPath(new URL("../../docs/schemas/", import.meta.url));

const schemas = suite("jsonSchemaFiles()");

schemas("makes every file in docs/schemas byte for byte, and no other is there", () => {
  const files = jsonSchemaFiles();
  const there = [...Deno.readDirSync(DIRECTORY)].map(({ name }) => name).sort();
  assert.equal(there, [...files.keys()].sort());
  for (const [file, text] of files) {
    assert.is(Deno.readTextFileSync(`${DIRECTORY}${file}`), text, `${file}: run deno task docs`);
  }
});

schemas("has a request and a reply for every verb", () => {
  const files = [...jsonSchemaFiles().keys()];
  for (const verb of verbs()) {
    assert.ok(files.includes(`${verb}.request.json`), verb);
    assert.ok(files.includes(`${verb}.reply.json`), verb);
  }
});

schemas.run();
