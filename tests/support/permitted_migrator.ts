// godwit in a process of its own, with the permissions that a task of deno.json grants, for tests
// of what must hold under them. One process serves any number of directories.

import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Reply } from "../../lib/message/any_reply.ts";
import type { Verb } from "../../lib/message/verbs.ts";
import { openMigrator } from "../../lib/migrator.ts";
import { keepThreads } from "./kept_threads.ts";

interface Question {
  readonly plugins: string;
  readonly data: string;
  readonly busyTimeoutMs: number;
  readonly verb: Verb;
  readonly plugin: string;
  readonly body: object;
}

/** A process that answers requests. Disposing of it kills it. */
export class PermittedMigrator implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  /** `permissions` are arguments of `deno run`, such as `--allow-read`. */
  constructor(permissions: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", ...permissions, import.meta.filename ?? ""],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Sends one request, and waits for its reply. */
  async ask(question: Question): Promise<Reply> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`));
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The process ended without a reply");
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const reply: Reply = JSON.parse(this.#rest.slice(0, end));
    this.#rest = this.#rest.slice(end + 1);
    return reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#input.abort().catch(() => {});
    await this.#lines.cancel();
  }
}

/** The permissions of a task of deno.json. */
export function permissionsOf(task: string): readonly string[] {
  return optionsOf(task, "--allow-");
}

/** The options of `deno run` that a task of deno.json sets for V8. */
export function v8FlagsOf(task: string): readonly string[] {
  return optionsOf(task, "--v8-flags");
}

function optionsOf(task: string, option: string): readonly string[] {
  const config: { tasks: Record<string, { command: string }> } = JSON.parse(
    Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)),
  );
  return config.tasks[task]?.command.split(" ").filter((each) => each.startsWith(option)) ?? [];
}

async function main(): Promise<void> {
  // The process is killed when no more requests come.
  keepThreads(60_000);
  let rest = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    rest += chunk;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const { verb, plugin, body, ...options }: Question = JSON.parse(rest.slice(0, end));
      rest = rest.slice(end + 1);
      await using migrator = await openMigrator(options);
      const payload = new TextEncoder().encode(JSON.stringify(body));
      console.log(JSON.stringify(await dispatch(verb, plugin, payload, migrator.context)));
    }
  }
}

if (import.meta.main) await main();
