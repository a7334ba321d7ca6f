// Looks for what keeps people out of a page, with axe-core's rules for WCAG 2.2 A and AA.

import axe from "axe-core";
import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe-core finds in a page as it is now: a rule, an element and the reason, one line each. */
export async function barriersIn(page: Page): Promise<readonly string[]> {
  // What the browser's inspector evaluates is not subject to the page's policy.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const options: axe.RunOptions = {
    runOnly: TAGS,
    resultTypes: ["violations"],
    // The frame of a plugin's page is its author's, and has no origin to look into.
    iframes: false,
    preload: false,
  };
  const violations: readonly axe.Result[] = await page.evaluate(async (options) => {
    const engine: typeof axe = Reflect.get(globalThis, "axe");
    return (await engine.run(document, options)).violations;
  }, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = "" }) =>
      `${id}: ${target.join(" ")}: ${failureSummary.replaceAll(/\s+/g, " ")}`
    )
  );
}
