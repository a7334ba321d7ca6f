// Run locks of a program whose databases no other program opens. Runs anywhere.

import { within } from "../deadline.ts";
import { databaseName } from "../plan/database_address.ts";
import { advanced, type RunSnapshot } from "./run_snapshot.ts";
import type { RunEnd, RunLocks } from "./run_locks.ts";

interface Holder {
  readonly runId: string;
  readonly cancel: AbortController;
  readonly over: PromiseWithResolvers<RunEnd>;
  snapshot: RunSnapshot | null;
}

/** Makes locks that only this program sees. */
export function memoryLocks(): RunLocks {
  const holders = new Map<string, Holder>();
  return {
    acquire(address, runId) {
      const name = databaseName(address);
      const other = holders.get(name);
      if (other !== undefined) return { kind: "held", snapshot: other.snapshot };
      const holder: Holder = {
        runId,
        cancel: new AbortController(),
        over: Promise.withResolvers(),
        snapshot: null,
      };
      holders.set(name, holder);
      return {
        kind: "acquired",
        cancelled: holder.cancel.signal,
        publish: (snapshot) => {
          holder.snapshot = snapshot;
        },
        advance: (change) => {
          if (holder.snapshot !== null) holder.snapshot = advanced(holder.snapshot, [change]);
        },
        release: (end = "ended") => {
          // The lock may belong to a later run by now.
          if (holders.get(name) === holder) holders.delete(name);
          holder.over.resolve(end);
        },
      };
    },
    current: (address) => holders.get(databaseName(address))?.snapshot ?? null,
    async cancel(address, wanted, waitMs) {
      const holder = holders.get(databaseName(address));
      if (holder === undefined) return { kind: "idle" };
      const { runId, cancel, over } = holder;
      if (wanted !== null && wanted !== runId) return { kind: "other-run", runId };
      cancel.abort();
      const end = await within(waitMs, over.promise);
      return end === "timeout" ? { kind: "ending", runId } : { kind: "over", runId, end };
    },
  };
}
