// Work that is repeated for ever newer input, one at a time. Runs anywhere.

// Long enough to type a word, short enough to feel immediate.
const DEBOUNCE_MS = 150;

// Stopping may cost a thread, so only work that takes longer is stopped for newer input.
const PATIENCE_MS = 1_000;

/** The work, and how it is stopped. */
export interface RepeatedWork {
  /** Works on the input as it is now. `id` names this piece of work for `stop()`. */
  readonly work: (id: string) => Promise<void>;
  /** Ends a piece of work early, whose result is no longer wanted. */
  readonly stop: (id: string) => void;
}

/**
 * Begins the work when the input has not changed for a moment, and never twice at a time: what
 * changes meanwhile is worked on next.
 */
export class LatestWork {
  readonly #parts: RepeatedWork;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: { readonly id: string; readonly begunMs: number } | null = null;
  #stopTimer: ReturnType<typeof setTimeout> | undefined;
  #isOutdated = false;

  constructor(parts: RepeatedWork) {
    this.#parts = parts;
  }

  /** Works on the present input once it stays the same. */
  later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), DEBOUNCE_MS);
  }

  /** Works on the present input at once, or after what runs. */
  now(): void {
    clearTimeout(this.#timer);
    if (this.#running === null) {
      void this.#begin();
      return;
    }
    const { id, begunMs } = this.#running;
    this.#isOutdated = true;
    clearTimeout(this.#stopTimer);
    const left = Math.max(PATIENCE_MS - (performance.now() - begunMs), 0);
    this.#stopTimer = setTimeout(() => this.#parts.stop(id), left);
  }

  async #begin(): Promise<void> {
    const id = crypto.randomUUID();
    this.#running = { id, begunMs: performance.now() };
    this.#isOutdated = false;
    try {
      await this.#parts.work(id);
    } finally {
      clearTimeout(this.#stopTimer);
      this.#running = null;
      if (this.#isOutdated) void this.#begin();
    }
  }
}

/** The work of each plugin, begun with its first use. */
export class LatestWorks {
  readonly #works = new Map<string, LatestWork>();

  /** The work of a plugin; `parts` are those of its first call. */
  of(plugin: string, parts: RepeatedWork): LatestWork {
    const present = this.#works.get(plugin);
    if (present !== undefined) return present;
    const work = new LatestWork(parts);
    this.#works.set(plugin, work);
    return work;
  }
}
