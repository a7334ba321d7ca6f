// godwit as its users start it: a process of its own.

import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../mod.ts", import.meta.url));

// What has not happened by then will not happen.
const DEADLINE_MS = 30_000;

/** How a process is started. */
export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What a process left behind. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line to its end. */
export async function godwit(
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Finished> {
  await using process = new GodwitProcess(args, options);
  return await process.finished();
}

/** A running godwit. Disposing of it kills it, should it still run. */
export class GodwitProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: Promise<[void, void]>;
  #stdout = "";
  #stderr = "";
  #ended = false;
  #told: () => void = () => {};

  constructor(args: readonly string[], { env = {}, cwd }: ProcessOptions = {}) {
    const path = Deno.env.get("PATH") ?? "";
    const kept = ["HOME", "DENO_DIR", "TMPDIR"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--no-check", "-A", PROGRAM, ...args],
      clearEnv: true,
      env: { PATH: path, NO_COLOR: "1", ...Object.fromEntries(kept), ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#output = Promise.all([
      this.#read(this.#child.stdout, (text) => this.#stdout += text),
      this.#read(this.#child.stderr, (text) => this.#stderr += text),
    ]);
    this.#child.status.then(() => {
      this.#ended = true;
      this.#told();
    });
  }

  /** Starts `serve` and waits until it takes requests. */
  static async serve(args: readonly string[], options?: ProcessOptions): Promise<GodwitProcess> {
    const process = new GodwitProcess(["serve", ...args], options);
    await process.logs("Serving");
    return process;
  }

  /** Everything on standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** The process's id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until a text stands on standard error for the `count`th time. */
  async logs(text: string, count = 1, deadlineMs = DEADLINE_MS): Promise<void> {
    const isThere = (): boolean => this.#stderr.split(text).length > count;
    const deadline = setTimeout(() => this.#told(), deadlineMs);
    const startedMs = performance.now();
    while (!isThere()) {
      if (this.#ended || performance.now() - startedMs >= deadlineMs) {
        clearTimeout(deadline);
        throw new Error(`Nothing says ${JSON.stringify(text)}:\n${this.#stderr}${this.#stdout}`);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#told = resolve;
      await promise;
    }
    clearTimeout(deadline);
  }

  /** Sends a signal. */
  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(name);
  }

  /** Waits for its end; kills it where it does not come within `deadlineMs`. */
  async finished(deadlineMs = DEADLINE_MS): Promise<Finished> {
    const deadline = setTimeout(() => this.#child.kill("SIGKILL"), deadlineMs);
    const { code } = await this.#child.status;
    clearTimeout(deadline);
    await this.#output;
    return { code, stdout: this.#stdout, stderr: this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#output;
  }

  async #read(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    keep: (text: string) => void,
  ): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      keep(text);
      this.#told();
    }
  }
}

/** Waits for a condition; fails where it does not come true within half a minute. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const startedMs = performance.now();
  while (!await condition()) {
    if (performance.now() - startedMs >= DEADLINE_MS) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
