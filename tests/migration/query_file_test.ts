// Files of statements that a plugin's code runs, and the versions for which they are.

import * as assert from "uvu/assert";
import { isInRange, parseQueryFile } from "../../lib/migration/query_file.ts";
import { suite } from "../support/suite.ts";

const files = suite("query files");

/** The range of a file, or the code, the line and the message of what is wrong with it. */
async function parsed(text: string | Uint8Array): Promise<string> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const file = await parseQueryFile("queries/x.sql", bytes);
  if (!file.ok) {
    const { code, position, message } = file.finding;
    return `${code} ${position?.line} ${message}`;
  }
  const { from, to } = file.queryFile.versions;
  return `${from}-${to}`;
}

files("parseQueryFile() reads the versions above the first statement", async () => {
  assert.is(await parsed("SELECT 1"), "null-null");
  assert.is(await parsed("-- quotes\n-- versions: 4 to 6\nSELECT 1"), "4-6");
  assert.is(await parsed("--Versions:FROM 4\r\nSELECT 1"), "4-null");
  assert.is(await parsed("\uFEFF-- versions: to 6\nSELECT 1"), "null-6");
  assert.is(await parsed("SELECT 1;\n-- versions: 4 to 6\nSELECT 2"), "null-null");
});

files("parseQueryFile() refuses a line that is nearly one, and a second one", async () => {
  const advice = "write: versions: 4 to 6, from 4, or to 6";
  for (const line of ["version: 4", "versions: 4", "versions: 6 to 4", "versions: 4-6"]) {
    assert.is(
      await parsed(`-- ok\n-- ${line}\nSELECT 1`),
      `directive 2 Cannot read "${line}"; ${advice}`,
    );
  }
  assert.match(
    await parsed("-- versions: to 6\n-- versions: to 7\nSELECT 1"),
    /^directive 2 A sec/,
  );
});

files("parseQueryFile() refuses what SQLite would not read", async () => {
  assert.match(await parsed(""), /^empty-file 1/);
  assert.match(await parsed("-- nothing\n;\n"), /^empty-file 1/);
  assert.match(await parsed("SELECT 1;\n\0SELECT 2"), /^nul-character 2/);
  assert.match(await parsed(new Uint8Array([0x61, 0x0a, 0xff])), /^encoding 2/);
  assert.match(await parsed(new Uint8Array([0xff, 0xfe, 0x61, 0])), /^encoding 1.*UTF-16/);
});

files("isInRange() includes both ends", () => {
  const inRange = (version: number): boolean => isInRange({ from: 4, to: 6 }, version);
  assert.equal([3, 4, 6, 7].filter(inRange), [4, 6]);
  assert.ok(isInRange({ from: null, to: null }, 0));
});

files.run();
