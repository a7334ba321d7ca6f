// What a command loads before it does anything.

import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import manifest from "../../deno.json" with { type: "json" };
import { suite } from "../support/suite.ts";

const start = suite("start");

interface Dependency {
  readonly code?: { readonly specifier?: string };
  readonly isDynamic?: boolean;
}

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly Dependency[];
  }[];
}

const ROOT = new URL("../../", import.meta.url);

for (const entry of ["mod.ts", "lib/cli/main.ts"]) {
  start(`${entry} loads no package and no handler before it knows the command`, () => {
    const loaded = loadedBy(entry);
    assert.ok(loaded.size > 1);
    const wrong = [...loaded].filter((module) =>
      /^(npm|node):/.test(module) || module.includes("/lib/handler/dispatch")
    );
    assert.equal(wrong, []);
  });
}

start("a dynamic import loads its module when it runs, and not with the program", () => {
  // Without it Deno loads at the start what an import() with a literal name may need later.
  assert.ok(manifest.unstable.includes("lazy-dynamic-imports"));
});

start.run();

/** The modules that are loaded with an entry, without those of which it imports types alone. */
function loadedBy(entry: string): ReadonlySet<string> {
  const { stdout } = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: fileURLToPath(ROOT),
  }).outputSync();
  const { modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const imports = new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.flatMap(({ code, isDynamic = false }) =>
      isDynamic || code?.specifier === undefined ? [] : [code.specifier]
    ),
  ]));
  const loaded = new Set([new URL(entry, ROOT).href]);
  for (const module of loaded) for (const each of imports.get(module) ?? []) loaded.add(each);
  return loaded;
}
