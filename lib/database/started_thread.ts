// A thread that has just been started. Runs anywhere.

import { Ending } from "./ending.ts";

/** A thread, and its death, which nothing misses that happens before its first call. */
export interface StartedThread {
  readonly worker: Worker;
  readonly death: Ending;
}

/** Watches a thread from its start. */
export function watchThread(worker: Worker): StartedThread {
  const death = new Ending();
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    death.fail(new Error(`The database worker died: ${event.message}`));
  });
  return { worker, death };
}
