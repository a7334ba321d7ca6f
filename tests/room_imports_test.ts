// Imports between rooms go one way: a room does not import one that builds on it.

import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { suite } from "./support/suite.ts";

const LIB = fileURLToPath(new URL("../lib/", import.meta.url));

/** What a room must not import, types included. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  "bundle": ["cli"],
  "browser": ["bundle", "cli", "workbench"],
  "browser/tab": ["browser/page"],
  "browser/owner": ["browser/page", "browser/tab"],
  "browser/database": ["browser/page", "browser/tab", "browser/owner"],
  "browser/frame": ["browser/page", "browser/tab", "browser/owner", "browser/database"],
  "diagram": ["browser", "workbench", "handler", "database", "sqlite"],
  "review": ["browser", "workbench", "handler", "database", "sqlite", "cli"],
  "workbench": ["bundle", "cli"],
};

const rooms = suite("room imports");

for (const [room, forbidden] of Object.entries(FORBIDDEN)) {
  rooms(`lib/${room} does not import ${forbidden.join(", ")}`, () => {
    const files = filesIn(room);
    assert.ok(files.length > 0);
    for (const file of files) {
      const wrong = importsOf(file).filter((path) =>
        forbidden.some((each) => path.startsWith(`${each}/`))
      );
      assert.equal(wrong, [], file);
    }
  });
}

rooms("the engine imports nothing of godwit, and names no table of it", () => {
  for (const file of filesIn("sqlite")) {
    const wrong = importsOf(file).filter((path) => !path.startsWith("sqlite/"));
    assert.equal(wrong, [], file);
    assert.not.match(Deno.readTextFileSync(join(LIB, file)), /plugin_schema_migration/, file);
  }
});

rooms("no room imports one that imports it, directly or through others", () => {
  const imports = new Map<string, Set<string>>();
  for (const file of filesIn(".")) {
    const others = imports.get(roomOf(file)) ?? new Set();
    imports.set(roomOf(file), others);
    for (const path of importsOf(file)) if (!path.startsWith("..")) others.add(roomOf(path));
  }
  for (const [room, others] of imports) {
    for (const other of others) {
      if (other !== room) assert.not.ok(reaches(imports, other, room), `${room} and ${other}`);
    }
  }
});

rooms.run();

/** The folder of `lib` that a file is in; a file beside the folders is a room of its own. */
function roomOf(path: string): string {
  return normalize(path).split("/")[0] ?? "";
}

function reaches(
  imports: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): boolean {
  const seen = new Set([from]);
  for (const room of seen) for (const next of imports.get(room) ?? []) seen.add(next);
  return seen.has(to);
}

function filesIn(directory: string): readonly string[] {
  return [...Deno.readDirSync(join(LIB, directory))].flatMap(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    if (isDirectory) return filesIn(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

/** The files of `lib` that a file imports, relative to `lib`. */
function importsOf(file: string): readonly string[] {
  const text = Deno.readTextFileSync(join(LIB, file));
  return [...text.matchAll(/\b(?:from|import)\b\s*\(?"(\.[^"]+)"/g)].map(([, specifier]) =>
    normalize(join(dirname(file), specifier ?? ""))
  );
}
