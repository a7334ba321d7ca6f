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

rooms.run();

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
