// Starts the threads that run SQL on files. Imports next to nothing: a thread loads its modules while
// its caller still loads its own. For Deno.

import { type StartedThread, watchThread } from "./started_thread.ts";

let ahead: StartedThread | null = null;

/** Starts the thread that the next migrator has, before it is known which databases that opens. */
export function startFileThreadAhead(): void {
  ahead ??= start();
}

/** Starts a thread, unless one was started ahead. */
export function startFileThread(): StartedThread {
  const thread = ahead ?? start();
  ahead = null;
  return thread;
}

function start(): StartedThread {
  const url = new URL("./file_worker.ts", import.meta.url);
  return watchThread(new Worker(url, { type: "module" }));
}
