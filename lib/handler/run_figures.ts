// Adds up what a run has done. Pure.

import type { ExecutedStep } from "../execution/execution.ts";
import type { RunFigures } from "./work_observer.ts";

/** The figures of a run that has executed these steps. */
export function figuresOf(
  executed: readonly Pick<ExecutedStep, "dataLoss">[],
  backup: string | null,
): RunFigures {
  let rowsLost = 0;
  let valuesLost = 0;
  for (const loss of executed.flatMap(({ dataLoss }) => dataLoss)) {
    if (loss.kind === "rows") rowsLost += loss.rows;
    else valuesLost += loss.values;
  }
  return { migrations: executed.length, rowsLost, valuesLost, backup };
}
