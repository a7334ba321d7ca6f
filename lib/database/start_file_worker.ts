// Starts the thread that runs SQL on files. Imports nothing: the thread loads its modules while its
// caller still loads its own. For Deno.

/** Starts a thread, which `startWorkerPool()` takes over. */
export function startFileWorker(): Worker {
  return new Worker(new URL("./file_worker.ts", import.meta.url), { type: "module" });
}
