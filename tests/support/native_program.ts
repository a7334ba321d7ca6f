// A program that has a database open natively, as a plugin does: SQLite of `node:sqlite` in a
// process of its own, which runs what it is sent.

import { DatabaseSync } from "node:sqlite";

type Rows = readonly Readonly<Record<string, unknown>>[];
type Answer = { readonly rows: Rows } | { readonly error: string };

/** A native program. Disposing of it kills it. */
export class NativeProgram implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(path: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "-A", import.meta.filename ?? "", path],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Runs one statement; throws what SQLite says of it. */
  async run(sql: string): Promise<Rows> {
    const answer = await this.try(sql);
    if ("error" in answer) throw new Error(answer.error);
    return answer.rows;
  }

  /** Runs one statement. */
  async try(sql: string): Promise<Answer> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(sql)}\n`));
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The native program ended");
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const answer: Answer = JSON.parse(this.#rest.slice(0, end));
    this.#rest = this.#rest.slice(end + 1);
    return answer;
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#input.abort().catch(() => {});
    await this.#lines.cancel();
  }
}

async function main(path: string): Promise<void> {
  const database = new DatabaseSync(path);
  let rest = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    rest += chunk;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const sql: string = JSON.parse(rest.slice(0, end));
      rest = rest.slice(end + 1);
      console.log(JSON.stringify(answer(database, sql)));
    }
  }
}

function answer(database: DatabaseSync, sql: string): Answer {
  try {
    return { rows: database.prepare(sql).all() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

if (import.meta.main) await main(Deno.args[0] ?? "");
