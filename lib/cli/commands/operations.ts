// What `serve` shows of itself: the metrics, and with --http the addresses that answer with them.

import type { WorkCounts } from "../../metrics/work_counts.ts";
import { NodeMetrics } from "../../metrics/node_metrics.ts";
import { Surveyor } from "../../handler/survey.ts";
import { checkReadiness, freeBytesOf } from "../../http/readiness.ts";
import { type OperationsServer, startOperationsServer } from "../../http/operations_server.ts";
import type { ServiceState } from "../../nats/service_state.ts";
import type { Migrator } from "../../migrator.ts";
import type { Outcome } from "../../outcome.ts";
import type { ServeOptions } from "../command.ts";

/** What is shown. */
export interface Operations {
  readonly migrator: Pick<Migrator, "context">;
  readonly dataDir: string;
  readonly counts: WorkCounts;
  readonly state: ServiceState;
}

/** The metrics of a service. */
export function nodeMetrics(
  { migrator: { context }, dataDir, counts, state }: Operations,
): NodeMetrics {
  return new NodeMetrics({
    counts,
    databases: context.databases,
    surveyor: new Surveyor(context),
    link: state,
    freeBytes: () => freeBytesOf(dataDir),
    memoryBytes: () => Deno.memoryUsage().rss,
    now: Date.now,
  });
}

/** Listens for requests over HTTP; `null` where `--http` is not given. */
export function listen(
  { migrator, dataDir, state }: Operations,
  metrics: NodeMetrics,
  { http, minFreeBytes }: ServeOptions,
): Outcome<OperationsServer | null, "cannot-listen"> {
  if (http === undefined) return { ok: true, value: null };
  const { databases } = migrator.context;
  const whyNotServing = (): string | null => state.whyNotServing;
  return startOperationsServer(http, {
    readiness: () => checkReadiness({ dataDir, databases, whyNotServing, minFreeBytes }),
    metrics: () => metrics.families(),
  });
}
