// Counts requests and runs. Runs anywhere.

import type { AnsweredRequest, EndedRun, WorkObserver } from "../handler/work_observer.ts";
import { type AnyVerb, verbs } from "../message/verbs.ts";
import { Counter, type Family, gauge, Histogram, type Labels } from "./family.ts";

// From a status out of memory to a run of ten minutes, which is the default limit.
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

const RUN_VERBS = ["apply", "rollback", "rollout", "plan", "backup", "restore"] as const;

/** The counts of a process, from its start. */
export class WorkCounts implements WorkObserver {
  readonly #requests = new Counter(
    "godwit_requests_total",
    "Requests that have their reply, by verb and outcome: success, or an error code.",
    verbs().map((verb) => ({ verb, outcome: "success" })),
  );
  readonly #requestSeconds = new Histogram(
    "godwit_request_duration_seconds",
    "Time from a request to its reply.",
    SECONDS,
  );
  readonly #runs = new Counter(
    "godwit_runs_total",
    "Runs that had a database, by verb, outcome, and whether everything was undone.",
    RUN_VERBS.map((verb) => ({ verb, outcome: "success", dry_run: String(verb === "plan") })),
  );
  readonly #runSeconds = new Histogram(
    "godwit_run_duration_seconds",
    "Time for which a run had its database.",
    SECONDS,
  );
  readonly #migrations = new Counter(
    "godwit_migrations_total",
    "Migrations that were applied or rolled back, dry runs left out.",
    [{ verb: "apply" }, { verb: "rollback" }],
  );
  readonly #rowsLost = new Counter(
    "godwit_rows_lost_total",
    "Rows that migrations deleted, dry runs left out.",
  );
  readonly #valuesLost = new Counter(
    "godwit_values_lost_total",
    "Values that migrations removed or overwrote in rows that stayed, dry runs left out.",
  );
  readonly #backups = new Counter(
    "godwit_backups_made_total",
    "Backups that runs made, by the verb that ran.",
    [{ verb: "apply" }, { verb: "rollback" }, { verb: "backup" }, { verb: "restore" }],
  );
  readonly #rehearsals = new Counter(
    "godwit_rehearsals_total",
    "Rehearsals of plans: made, or kept from one before.",
    [{ source: "made" }, { source: "kept" }],
  );
  readonly #inFlight = new Map<AnyVerb, number>();
  readonly #lastSuccess = new Map<string, readonly [labels: Labels, seconds: number]>();
  readonly #now: () => number;

  /** `now` is the time in milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  onRequest(verb: AnyVerb): void {
    this.#inFlight.set(verb, (this.#inFlight.get(verb) ?? 0) + 1);
  }

  onAnswered({ verb, outcome, ms }: AnsweredRequest): void {
    this.#inFlight.set(verb, (this.#inFlight.get(verb) ?? 0) - 1);
    this.#requests.add({ verb, outcome });
    this.#requestSeconds.observe({ verb }, ms / 1000);
  }

  onRehearsal(source: "made" | "kept"): void {
    this.#rehearsals.add({ source });
  }

  onRunEnded(run: EndedRun): void {
    const { verb, plugin, outcome, dryRun, ms } = run;
    this.#runs.add({ verb, outcome, dry_run: String(dryRun) });
    this.#runSeconds.observe({ verb, dry_run: String(dryRun) }, ms / 1000);
    if (dryRun) return;
    if (run.migrations > 0) this.#migrations.add({ verb }, run.migrations);
    this.#rowsLost.add({ plugin }, run.rowsLost);
    this.#valuesLost.add({ plugin }, run.valuesLost);
    if (run.backup !== null) this.#backups.add({ verb });
    if (outcome !== "success") return;
    this.#lastSuccess.set(`${plugin} ${verb}`, [{ plugin, verb }, this.#now() / 1000]);
  }

  /** What was counted, as it is now. */
  families(): readonly Family[] {
    return [
      this.#requests.family(),
      this.#requestSeconds.family(),
      gauge(
        "godwit_requests_in_flight",
        "Requests that have no reply yet.",
        [...this.#inFlight].map(([verb, count]) => [{ verb }, count]),
      ),
      this.#runs.family(),
      this.#runSeconds.family(),
      this.#migrations.family(),
      this.#rowsLost.family(),
      this.#valuesLost.family(),
      this.#backups.family(),
      this.#rehearsals.family(),
      gauge(
        "godwit_last_success_timestamp_seconds",
        "When a run that kept its changes last succeeded, by plugin and verb.",
        [...this.#lastSuccess.values()],
      ),
    ];
  }
}
