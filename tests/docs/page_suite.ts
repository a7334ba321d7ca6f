// A test for each page: it is carried out, and what it shows must be so.

import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import type { Page } from "./page.ts";
import { runPage } from "./page_run.ts";

/** Runs a suite over pages. What is stale is renewed by `deno task docs`. */
export function testPages(name: string, pages: readonly Page[]): void {
  const tests = suite(name);
  for (const page of pages) {
    tests(`${page.path} does what it says`, async () => {
      const { problems } = await runPage(page);
      assert.is(problems.join("\n"), "", `${problems.join("\n")}\nRenew it with: deno task docs`);
    });
  }
  tests.run();
}
