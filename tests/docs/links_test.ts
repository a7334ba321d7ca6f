// Every link in the documentation leads somewhere: to a file, and to a heading where it names one.

import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import type { Page } from "./page.ts";
import { readPages } from "./pages.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const pages = readPages();
const byPath = new Map(pages.map((page) => [page.path, page]));

const links = suite("links");

for (const page of pages) {
  links(`${page.path} links to what there is`, () => {
    const broken = page.links.flatMap(({ target, line }) => {
      const problem = problemOf(page, target);
      return problem === null ? [] : [`${page.path}:${line}: ${target}: ${problem}`];
    });
    assert.is(broken.join("\n"), "");
  });
}

links("README leads to every page, over any number of links", () => {
  const reached = new Set(["README.md"]);
  for (const path of reached) {
    for (const { target } of byPath.get(path)?.links ?? []) {
      const next = normalize(join(dirname(path), target.split("#")[0] ?? ""));
      if (byPath.has(next)) reached.add(next);
    }
  }
  assert.equal(pages.map(({ path }) => path).filter((path) => !reached.has(path)), []);
});

links.run();

/** What is wrong with a link; addresses outside are taken on trust, for there may be no network. */
function problemOf(page: Page, target: string): string | null {
  if (/^https?:/.test(target)) return URL.canParse(target) ? null : "no address";
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page.path : normalize(join(dirname(page.path), path));
  try {
    Deno.statSync(join(ROOT, file));
  } catch {
    return `there is no ${file}`;
  }
  if (anchor === undefined) return null;
  const other = byPath.get(file);
  if (other === undefined) return "only pages have headings";
  return other.anchors.has(anchor) ? null : `${file} has no heading for it`;
}
