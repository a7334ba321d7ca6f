// The answer to EXPLAIN QUERY PLAN as a tree. Pure; runs anywhere.

import type { DataRows } from "../../browser/sandbox.ts";

/** A step of a query plan, and the steps that it consists of. */
export interface PlanNode {
  readonly id: number;
  /** What SQLite says about it. */
  readonly detail: string;
  /** Whether it reads every row of a table or an index. */
  readonly isScan: boolean;
  readonly steps: readonly PlanNode[];
}

const COLUMNS = ["id", "parent", "notused", "detail"];

/** The tree; `null` if the rows are not a query plan. https://sqlite.org/eqp.html */
export function queryPlan({ columns, rows }: DataRows): readonly PlanNode[] | null {
  if (columns.join() !== COLUMNS.join()) return null;
  const below = (wanted: number): readonly PlanNode[] =>
    rows.filter(([, parent]) => Number(parent) === wanted).map(([id, , , detail]) => ({
      id: Number(id),
      detail: String(detail),
      isScan: /^SCAN (?!CONSTANT)/.test(String(detail)),
      // A step is never its own parent, and a plan that says so would not end.
      steps: Number(id) > wanted ? below(Number(id)) : [],
    }));
  return below(0);
}
