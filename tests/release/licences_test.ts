// Which licences dependencies may have, and how they are read from the lock file.

import * as assert from "uvu/assert";
import {
  type Dependency,
  dependencyLicences,
  forbidden,
} from "../../lib/release/dependency_licences.ts";
import { cachedManifests } from "../../lib/release/list_licences.ts";
import { isPermissive } from "../../lib/release/permissive.ts";
import { suite } from "../support/suite.ts";

const licences = suite("licences");

licences("isPermissive() understands choices, demands and exceptions", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["MIT", true],
    ["(MIT OR GPL-3.0-only)", true],
    ["MIT AND GPL-3.0-only", false],
    ["MIT AND (GPL-2.0-only OR BSD-3-Clause)", true],
    ["GPL-3.0-only OR MIT AND ISC", true],
    ["Apache-2.0 WITH LLVM-exception", true],
    ["GPL-2.0-only WITH Classpath-exception-2.0", false],
    ["MPL-2.0", false],
    ["SEE LICENSE IN LICENSE.txt", false],
    ["UNLICENSED", false],
    ["MIT OR", false],
    ["(MIT", false],
    ["MIT)", false],
    ["MIT WITH", false],
    ["", false],
  ];
  for (const [expression, expected] of cases) {
    assert.is(isPermissive(expression), expected, expression);
  }
});

licences(
  "dependencyLicences() reads every form of manifest, and binaries by their shipper",
  async () => {
    const manifests: Readonly<Record<string, unknown>> = {
      "@scope/one@1.0.0": { license: "MIT" },
      "old@0.1.0": { license: { type: "BSD-3-Clause" } },
      "older@0.1.0": { licenses: [{ type: "MIT" }, { type: "Apache-2.0" }] },
      "mute@1.0.0": {},
    };
    const lock = {
      npm: {
        "@scope/one@1.0.0_peer@2.0.0": { optionalDependencies: ["one-arm"] },
        "one-arm@1.0.0": { os: ["darwin"] },
        "old@0.1.0": {},
        "older@0.1.0": {},
        "mute@1.0.0": {},
      },
      jsr: { "@std/path@1.0.0": {} },
    };
    const listed = await dependencyLicences(
      lock,
      (name, version) => Promise.resolve(manifests[`${name}@${version}`] ?? null),
    );
    const readFrom = "@scope/one@1.0.0_peer@2.0.0";
    assert.equal(listed, [
      npm("@scope/one", "1.0.0", "MIT"),
      { ...npm("one-arm", "1.0.0", "MIT"), readFrom },
      npm("old", "0.1.0", "BSD-3-Clause"),
      npm("older", "0.1.0", "MIT OR Apache-2.0"),
      npm("mute", "1.0.0", null),
      { registry: "jsr", name: "@std/path", version: "1.0.0", licence: null },
    ]);
  },
);

licences("forbidden() names what is not permissive, and exceptions that no longer apply", () => {
  const dependencies = [npm("a", "1.0.0", "MIT"), npm("b", "2.0.0", "GPL-3.0-only")];
  const exceptions = new Map([["b", { licence: "GPL-3.0-only", why: "a test" }]]);
  assert.equal(forbidden(dependencies, exceptions), []);
  assert.equal(forbidden(dependencies, new Map()), [
    "b 2.0.0 is under GPL-3.0-only, which is not permissive; replace it",
  ]);
  const others = new Map([["b", { licence: "MPL-2.0", why: "a test" }]]);
  assert.equal(forbidden([npm("b", "2.0.0", "GPL-3.0-only"), npm("c", "1.0.0", null)], others), [
    "b 2.0.0 is under GPL-3.0-only, which is not permissive; replace it",
    "c 1.0.0 names no licence; read its files, and replace it",
    "The exception for b is needless; remove it",
  ]);
});

licences("every dependency of godwit has a licence that it may have", async () => {
  const lock: unknown = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)),
  );
  const listed = await dependencyLicences(lock, await cachedManifests());
  assert.ok(listed.length > 100);
  assert.equal(forbidden(listed), []);
});

licences.run();

function npm(name: string, version: string, licence: string | null): Dependency {
  return { registry: "npm", name, version, licence };
}
