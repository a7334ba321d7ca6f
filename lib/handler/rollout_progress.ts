// Publishes how far a rollout over the tenants of a plugin is.

import type { RolloutProgressEvent } from "../message/event.ts";
import type { HandlerContext } from "./context.ts";
import type { TenantOutcome } from "./migrate_tenant.ts";

/** What a rollout is about. */
type About = Pick<RolloutProgressEvent, "plugin_name" | "run_id" | "dry_run" | "databases">;

const INTERVAL_MS = 250;

/** The progress of one rollout. */
export class RolloutProgress {
  readonly #about: About;
  readonly #context: Pick<HandlerContext, "publish" | "now" | "elapsedMs">;
  readonly #startedMs: number;
  readonly #counts = { applied: 0, unchanged: 0, failed: 0, rows_lost: 0 };
  #publishedMs = -Infinity;

  constructor(about: About, context: HandlerContext) {
    this.#about = about;
    this.#context = context;
    this.#startedMs = context.elapsedMs();
  }

  /** Counts a database that the rollout is done with. */
  count(outcome: TenantOutcome): void {
    const counts = this.#counts;
    if (outcome.kind === "failed") counts.failed += 1;
    else {
      if (outcome.migrations > 0) counts.applied += 1;
      else counts.unchanged += 1;
      counts.rows_lost += outcome.rowsLost;
    }
    if (this.#context.elapsedMs() - this.#publishedMs >= INTERVAL_MS) this.publish();
  }

  /** Publishes the counts as they are. */
  publish(): void {
    this.#publishedMs = this.#context.elapsedMs();
    this.#context.publish({
      event: "rollout_progress",
      ...this.#about,
      verb: "rollout",
      at: this.#context.now().toISOString(),
      ...this.#counts,
      elapsed_ms: Math.round(this.#publishedMs - this.#startedMs),
    });
  }
}
