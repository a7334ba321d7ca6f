// Draws a progress bar for a run that takes long.

import type {
  MigrationProgressEvent,
  RolloutProgressEvent,
  RunEvent,
} from "../../message/event.ts";

/** Shows the events of a run. */
export interface ProgressBar {
  follow(event: RunEvent): void;
  stop(): void;
}

// Shorter runs end before a bar could be read.
const DELAY_MS = 400;

/** Makes a bar on standard error, which appears if a run takes longer than `DELAY_MS`. */
export function progressBar(): ProgressBar {
  let bar: { update(value: number, payload: object): void; stop(): void } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let total = 0;
  let done = 0;
  let name = "";
  // The runs of the databases of a rollout have events too.
  let isRollout = false;

  async function show(): Promise<void> {
    const { default: cliProgress } = await import("cli-progress");
    if (timer === undefined) return;
    const drawn = new cliProgress.SingleBar({
      format: " {bar} {value} of {total} done, {duration_formatted}  {name}",
      hideCursor: true,
      clearOnComplete: true,
      fps: 10,
      // Otherwise the time would stand still during a long migration.
      synchronousUpdate: false,
    }, cliProgress.Presets.shades_classic);
    drawn.start(total, done, { name });
    bar = drawn;
  }

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
    bar?.stop();
    bar = null;
  }

  return {
    follow(event) {
      if (event.event === "rollout_progress") {
        isRollout = true;
        total = event.databases;
        done = event.applied + event.unchanged + event.failed;
        name = describeRollout(event);
        timer ??= setTimeout(show, DELAY_MS);
      }
      if (isRollout) {
        bar?.update(done, { name });
        return;
      }
      if (event.event === "run_started") {
        total = event.versions.length;
        timer = setTimeout(show, DELAY_MS);
      }
      if (event.event === "migration_started") name = `${event.version} ${event.name}`;
      if (event.event === "migration_progress") name = describe(event);
      if (event.event === "migration_applied" || event.event === "migration_rolled_back") done += 1;
      if (event.event === "run_finished") stop();
      bar?.update(done, { name });
    },
    stop,
  };
}

/** Such as `databases, 2 failed, 31 rows lost`. */
function describeRollout({ failed, rows_lost }: RolloutProgressEvent): string {
  return [
    "databases",
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(rows_lost === 0 ? [] : [`${rows_lost.toLocaleString("en")} rows lost`]),
  ].join(", ");
}

/** Such as `3 split_names, statement 2 of 4, 120,000 of about 1,000,000 rows, 12 s left`. */
function describe(event: MigrationProgressEvent): string {
  const { version, name, statement, statements, rows_done, rows_total, remaining_ms } = event;
  const rows = (count: number): string => count.toLocaleString("en");
  return [
    `${version} ${name}`,
    `statement ${statement} of ${statements}`,
    ...(rows_done === null ? [] : [
      rows_total === null
        ? `${rows(rows_done)} rows`
        : `${rows(rows_done)} of about ${rows(rows_total)} rows`,
    ]),
    ...(remaining_ms === null ? [] : [`${Math.ceil(remaining_ms / 1_000)} s left`]),
  ].join(", ");
}
