// Lets a test have the threads of the test before it, because a new one takes longer to load its
// modules than most tests take. SQLite is started anew in it, as in a new one.

const FILE_WORKER = new URL("../../lib/database/file_worker.ts", import.meta.url).href;

// A test begins where the one before it ended. A thread that is not taken would keep the process.
let keptMs = 0;

const NewWorker = globalThis.Worker;
const kept: KeptWorker[] = [];

/** A thread that may be given to the next test when it is ended. */
class KeptWorker extends NewWorker {
  readonly #unanswered = new Set<unknown>();
  #end: ReturnType<typeof setTimeout> | undefined;
  #isSound = true;

  constructor(url: string | URL, options: WorkerOptions) {
    super(url, options);
    this.addEventListener("message", ({ data }) => this.#unanswered.delete(data?.id));
    this.addEventListener("error", () => this.#isSound = false);
  }

  // Comlink gives each call an id, which its answer has too.
  override postMessage(
    message: { readonly id?: unknown; readonly type?: unknown },
    options?: unknown,
  ): void {
    // Comlink sends it when the proxy of the test before is collected, and the thread would not answer
    // any more.
    if (message.type === "RELEASE") return;
    this.#unanswered.add(message.id);
    Reflect.apply(super.postMessage, this, [message, options]);
  }

  /** Keeps the thread for a moment, unless it is inside a call or has failed. */
  override terminate(): void {
    if (!this.#isSound || this.#unanswered.size > 0) return super.terminate();
    kept.push(this);
    this.#end = setTimeout(() => {
      kept.splice(kept.indexOf(this), 1);
      super.terminate();
    }, keptMs);
  }

  /** Takes it again. */
  take(): this {
    clearTimeout(this.#end);
    return this;
  }
}

/** From now on threads of godwit are kept for the next test, so many milliseconds. */
export function keepThreads(forMs = 100): void {
  keptMs = forMs;
  const worker: typeof Worker = new Proxy(NewWorker, {
    construct(target, [url, options], newTarget) {
      // A test that counts threads has a class of its own.
      const mayBeKept = newTarget === worker && String(url) === FILE_WORKER;
      if (!mayBeKept) return Reflect.construct(target, [url, options], newTarget);
      return kept.pop()?.take() ?? new KeptWorker(url, options);
    },
  });
  globalThis.Worker = worker;
}
