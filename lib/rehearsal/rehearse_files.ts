// Rehearses files by themselves: one that does not end is left out, so that it hides no other.

import type { PlanStep } from "../plan/migration_plan.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import type { Deadline } from "../deadline.ts";
import type { Rehearsal, RehearsedStep, StoppedStep } from "./rehearsal.ts";
import { type OnRehearsed, type RehearsalBase, rehearsePart } from "./rehearse.ts";
import { NO_QUERY_FACTS } from "./query_facts.ts";
import type { MissingObject } from "./shadow.ts";

// Without rows a file takes milliseconds, so one that takes this long will not end.
const STEP_TIMEOUT_MS = 10_000;

/**
 * Rehearses steps as `rehearse()` does. After a step that was interrupted it goes on with those of
 * other files, from the schema before that step. From then on a step that cannot be completed is
 * left out as well, because it may need what the interrupted file makes.
 */
export async function rehearseFiles(
  sqlite3: Sqlite3,
  base: RehearsalBase,
  steps: readonly PlanStep[],
  deadline: Deadline,
  onRehearsed: OnRehearsed,
): Promise<Rehearsal> {
  const rehearsed: RehearsedStep[] = [];
  const stopped: StoppedStep[] = [];
  const missing: MissingObject[] = [];
  let queries = NO_QUERY_FACTS;
  let schema = base.schema;
  let left = steps;
  // Where nothing is left to rehearse, the statements of the code are prepared all the same.
  do {
    const { rehearsal: part, schema: after } = await rehearsePart(
      sqlite3,
      { ...base, schema },
      left,
      deadline,
      onRehearsed,
      STEP_TIMEOUT_MS,
    );
    schema = after;
    stopped.push(
      ...part.stopped.map((each) => ({ ...each, after: rehearsed.length + each.after })),
    );
    rehearsed.push(...part.steps);
    missing.push(...part.missing);
    queries = part.queries;
    const failed = part.stopped.at(0) ?? part.steps.at(-1);
    const isOver = performance.now() >= deadline.atMs ||
      part.stopped.some(({ reason }) => reason === "cancelled");
    if (stopped.length === 0 || isOver) break;
    left = left.slice(part.steps.length).filter(({ version }) => version !== failed?.version);
  } while (left.length > 0);
  return { steps: rehearsed, stopped, missing, queries };
}
