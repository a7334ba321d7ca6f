// The metrics of a service: what was counted, and what its node is at. Runs anywhere.

import { within } from "../deadline.ts";
import type { Databases } from "../database/session.ts";
import type { SurveyedPlugin, Surveyor } from "../handler/survey.ts";
import { VERSION } from "../version.ts";
import { type Family, gauge, type Labels } from "./family.ts";
import { seriesName } from "./exposition.ts";
import type { WorkCounts } from "./work_counts.ts";

/** Where the numbers come from. */
export interface NodeMetricsOptions {
  readonly counts: WorkCounts;
  readonly databases: Pick<Databases, "engineVersion" | "threads" | "stuckThreads">;
  readonly surveyor: Pick<Surveyor, "survey">;
  /** The connection to NATS. */
  readonly link: { readonly isUp: boolean; readonly outages: number };
  /** The free bytes where databases are kept; `null` where they cannot be read. */
  readonly freeBytes: () => number | null;
  /** The resident memory of the process. */
  readonly memoryBytes: () => number;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

// A scrape has ten seconds by Prometheus's default. A survey of many databases goes on meanwhile.
const SURVEY_WAIT_MS = 2_000;

// The endpoint that has the numbers of no verb.
const UNATTACHED = "status";

/** The metrics of one process. */
export class NodeMetrics {
  readonly #options: NodeMetricsOptions;
  readonly #startedAt: number;
  #surveyed: readonly SurveyedPlugin[] = [];
  #surveyedAt = 0;

  constructor(options: NodeMetricsOptions) {
    this.#options = options;
    this.#startedAt = options.now();
  }

  /** Every metric as it is now; of plugins, as the last survey that ended has seen them. */
  async families(): Promise<readonly Family[]> {
    await within(SURVEY_WAIT_MS, this.#survey());
    return [...this.#options.counts.families(), ...this.#ofPlugins(), ...this.#ofProcess()];
  }

  /**
   * The numbers for `$SRV.STATS`, by their names in the text format: of a verb its own, and of
   * `status` those that belong to no verb. The buckets of histograms are left out.
   */
  async ofEndpoint(verb: string): Promise<Readonly<Record<string, number>>> {
    const families = verb === UNATTACHED ? await this.families() : this.#options.counts.families();
    const own = families.flatMap(({ samples }) => samples).filter(({ name, labels }) =>
      !name.endsWith("_bucket") && (labels.verb ?? UNATTACHED) === verb
    );
    return Object.fromEntries(own.map((sample) => [seriesName(sample), sample.value]));
  }

  async #survey(): Promise<void> {
    const { surveyor, now } = this.#options;
    const surveyed = await surveyor.survey();
    if (surveyed === null) return;
    this.#surveyed = surveyed;
    this.#surveyedAt = now() / 1000;
  }

  #ofPlugins(): readonly Family[] {
    const each = (
      name: string,
      help: string,
      of: (surveyed: SurveyedPlugin) => number | undefined,
    ): Family =>
      gauge(
        name,
        help,
        this.#surveyed.flatMap((surveyed) => {
          const value = of(surveyed);
          return value === undefined ? [] : [[{ plugin: surveyed.plugin }, value] as const];
        }),
      );
    return [
      each(
        "godwit_databases",
        "Databases of a plugin: its own, and those of its tenants.",
        ({ databases }) => databases,
      ),
      each(
        "godwit_pending_migrations",
        "Migrations that are not applied, in all databases of a plugin.",
        ({ pending }) => pending,
      ),
      each(
        "godwit_failed_migrations",
        "Migrations whose last attempt failed, in all databases of a plugin.",
        ({ failed }) => failed,
      ),
      each(
        "godwit_drifted_databases",
        "Databases of a plugin whose applied files changed or vanished, or have late ones.",
        ({ drifted }) => drifted,
      ),
      each(
        "godwit_unreadable_databases",
        "Databases of a plugin that cannot be compared with its files.",
        ({ unreadable }) => unreadable,
      ),
      each(
        "godwit_backups",
        "Backups that are kept of all databases of a plugin.",
        ({ backups }) => backups?.count,
      ),
      each(
        "godwit_backup_bytes",
        "Bytes of the backups that are kept of all databases of a plugin.",
        ({ backups }) => backups?.bytes,
      ),
      gauge(
        "godwit_survey_timestamp_seconds",
        "When the numbers of plugins were read; 0 before the first time.",
        [[{}, this.#surveyedAt]],
      ),
    ];
  }

  #ofProcess(): readonly Family[] {
    const { databases, link, freeBytes, memoryBytes } = this.#options;
    const { threads, stuckThreads } = databases;
    const free = freeBytes();
    const single = (
      name: string,
      help: string,
      value: number | null | undefined,
      labels: Labels = {},
    ): Family => gauge(name, help, value === null || value === undefined ? [] : [[labels, value]]);
    return [
      single("godwit_build_info", "The versions of godwit and of its SQLite.", 1, {
        version: VERSION,
        sqlite: databases.engineVersion,
      }),
      single("godwit_nats_connected", "Whether the service takes requests.", Number(link.isUp)),
      {
        ...single("godwit_nats_outages_total", "Losses of the NATS server.", link.outages),
        type: "counter",
      },
      gauge("godwit_threads", "Threads with SQLite, by what they do.", [
        ...(threads === undefined
          ? []
          : [[{ state: "busy" }, threads.busy], [{ state: "idle" }, threads.idle]] as const),
        [{ state: "stuck" }, stuckThreads],
      ]),
      single("godwit_threads_limit", "The most threads at a time.", threads?.limit),
      single("godwit_thread_waiters", "Requests that wait for a thread.", threads?.waiting),
      single("godwit_data_free_bytes", "Free space where databases are kept.", free),
      single("process_resident_memory_bytes", "Memory of the process.", memoryBytes()),
      single("process_start_time_seconds", "When the process started.", this.#startedAt / 1000),
    ];
  }
}
