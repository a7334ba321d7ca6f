// What halts a rollout. Pure; runs anywhere.

import { counted } from "../finding/counted.ts";
import type { Tally } from "./tally.ts";

/** How much may go wrong. */
export interface RolloutLimits {
  /** So many databases may fail, or such a share of all. */
  readonly maxFailures: FailureLimit;
  /** So many rows may be lost in all databases together; `null` without a limit. */
  readonly maxRowsLost: number | null;
}

/** `2`, or a share of the databases, such as `"5%"`. */
export type FailureLimit = number | string;

/** A share, such as `5%`. */
export const SHARE = /^(\d|[1-9]\d|100)%$/;

/** A limit that was passed, and how. */
export interface PassedLimit {
  readonly limit: "failures" | "rows";
  readonly message: string;
}

/** The limit that keeps a rollout of `databases` from going further; `null` where none does. */
export function passedLimit(
  { failed, rowsLost }: Pick<Tally, "failed" | "rowsLost">,
  { maxFailures, maxRowsLost }: RolloutLimits,
  databases: number,
): PassedLimit | null {
  if (failed > mostFailures(maxFailures, databases)) {
    const message = `${counted(failed, "database")} failed, and max_failures allows ${maxFailures}`;
    return { limit: "failures", message };
  }
  if (maxRowsLost === null || rowsLost <= maxRowsLost) return null;
  const message = `${
    counted(rowsLost, "row")
  } would be lost, and max_rows_lost allows ${maxRowsLost}`;
  return { limit: "rows", message };
}

function mostFailures(limit: FailureLimit, databases: number): number {
  return typeof limit === "number"
    ? limit
    : Math.floor(databases * Number(limit.slice(0, -1)) / 100);
}
