// uvu's suites, with a check that each of them was run: a suite without `.run()` would pass unseen.

import { suite as uvuSuite, type Test } from "uvu";

const unrun = new Set<string>();

/** Makes a suite as uvu does. Its `.run()` must be called, or the test file fails. */
export function suite(name: string): Test {
  const created = uvuSuite(name);
  const run = created.run;
  unrun.add(name);
  return Object.assign(created, {
    run(): void {
      unrun.delete(name);
      run();
    },
  });
}

globalThis.addEventListener("unload", () => {
  for (const name of unrun) console.error(`The suite "${name}" was never run: call .run()`);
  if (unrun.size > 0) Deno.exit(1);
});
