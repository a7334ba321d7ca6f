// Run locks of one program that nobody shares its databases with. Runs anywhere.

import type { RunSnapshot } from "../message/run_snapshot.ts";
import type { RunLocks } from "./run_locks.ts";

/** Makes locks that only this program sees. */
export function memoryLocks(): RunLocks {
  const held = new Map<string, RunSnapshot | null>();
  return {
    acquire(plugin) {
      const snapshot = held.get(plugin);
      if (snapshot !== undefined) return { kind: "held", snapshot };
      held.set(plugin, null);
      return {
        kind: "acquired",
        publish: (published) => {
          held.set(plugin, published);
        },
        release: () => {
          held.delete(plugin);
        },
      };
    },
    current: (plugin) => held.get(plugin) ?? null,
  };
}
