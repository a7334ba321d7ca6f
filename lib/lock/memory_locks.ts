// Run locks of a program whose databases no other program opens. Runs anywhere.

import { databaseName } from "../plan/database_address.ts";
import { advanced, type RunSnapshot } from "./run_snapshot.ts";
import type { RunLocks } from "./run_locks.ts";

interface Holder {
  snapshot: RunSnapshot | null;
}

/** Makes locks that only this program sees. */
export function memoryLocks(): RunLocks {
  const holders = new Map<string, Holder>();
  return {
    acquire(address) {
      const name = databaseName(address);
      const other = holders.get(name);
      if (other !== undefined) return { kind: "held", snapshot: other.snapshot };
      const holder: Holder = { snapshot: null };
      holders.set(name, holder);
      return {
        kind: "acquired",
        publish: (snapshot) => {
          holder.snapshot = snapshot;
        },
        advance: (change) => {
          if (holder.snapshot !== null) holder.snapshot = advanced(holder.snapshot, [change]);
        },
        release: () => {
          // The lock may belong to a later run by now.
          if (holders.get(name) === holder) holders.delete(name);
        },
      };
    },
    current: (address) => holders.get(databaseName(address))?.snapshot ?? null,
  };
}
