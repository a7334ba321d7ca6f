// Draws a progress bar for a run that takes long enough to wonder about.

import type { RunEvent } from "../../message/event.ts";

/** Something that follows a run until it is over. */
export interface ProgressBar {
  follow(event: RunEvent): void;
  stop(): void;
}

// Shorter runs are over before a bar could be read.
const PATIENCE_MS = 400;

/** Makes a bar on standard error that appears once a run takes longer than a moment. */
export function progressBar(): ProgressBar {
  let bar: { update(value: number, payload: object): void; stop(): void } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let total = 0;
  let done = 0;
  let name = "";

  async function show(): Promise<void> {
    const { default: cliProgress } = await import("cli-progress");
    if (timer === undefined) return;
    const drawn = new cliProgress.SingleBar({
      format: " {bar} {value} of {total} done, {duration_formatted}  {name}",
      hideCursor: true,
      clearOnComplete: true,
      fps: 10,
      // Keeps the time running while one migration takes long.
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
      if (event.event === "run_started") {
        total = event.versions.length;
        timer = setTimeout(show, PATIENCE_MS);
      }
      if (event.event === "migration_started") name = `${event.version} ${event.name}`;
      if (event.event === "migration_applied" || event.event === "migration_rolled_back") done += 1;
      if (event.event === "run_finished") stop();
      bar?.update(done, { name });
    },
    stop,
  };
}
