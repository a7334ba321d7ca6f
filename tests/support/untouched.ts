// Holds a request to its promise that nothing changes.

import * as assert from "uvu/assert";
import { fingerprint } from "./fingerprint.ts";
import type { Workspace } from "./workspace.ts";

/** Runs `action` and asserts that the plugin's database has the same bytes afterwards. */
export async function untouched<T>(
  workspace: Workspace,
  plugin: string,
  action: () => Promise<T>,
): Promise<T> {
  const path = workspace.database(plugin);
  const before = fingerprint(path);
  const result = await action();
  assert.is(fingerprint(path), before, "the database changed");
  for (const leftover of ["-wal", "-shm", "-journal"]) {
    assert.is(fingerprint(`${path}${leftover}`), "missing", `${leftover} is left behind`);
  }
  return result;
}
