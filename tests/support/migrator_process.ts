// A second process on the same directories, as another service or command line would be. Run as a
// program it sends one request and writes each event, and then the reply, as a line of JSON.

import * as v from "valibot";
import { openMigrator } from "../../lib/migrator.ts";
import { dispatch } from "../../lib/handler/dispatch.ts";
import { type Verb, verbs } from "../../lib/message/verbs.ts";
import type { RunEvent } from "../../lib/message/event.ts";
import { EventSchema } from "../../lib/message/event_schema.ts";
import { parseReply, type Reply } from "../../lib/message/any_reply.ts";
import type { Workspace } from "./workspace.ts";

/** What the process wrote: an event, or the reply. */
type Line = { readonly event: RunEvent } | { readonly reply: Reply };

/** Another process that answers one request and then waits, idle, until it is killed. */
export class MigratorProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(workspace: Workspace, verb: Verb, plugin: string, body: object = {}) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        "-A",
        import.meta.filename ?? "",
        workspace.pluginsDir,
        workspace.dataDir,
        verb,
        plugin,
        JSON.stringify(body),
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Waits until the process has published an event of this kind. */
  async sawEvent(kind: RunEvent["event"]): Promise<RunEvent> {
    while (true) {
      const line = await this.#next();
      if ("event" in line && line.event.event === kind) return line.event;
      if ("reply" in line) throw new Error(`No ${kind}, but ${JSON.stringify(line.reply)}`);
    }
  }

  /** Waits for the reply; the process goes on, idle. */
  async reply(): Promise<Reply> {
    while (true) {
      const line = await this.#next();
      if ("reply" in line) return line.reply;
    }
  }

  /** Ends the process as a power cut would. */
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
    await this.#lines.cancel();
  }

  async #next(): Promise<Line> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The process ended without a reply");
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const value: unknown = JSON.parse(this.#rest.slice(0, end));
    this.#rest = this.#rest.slice(end + 1);
    const event = v.safeParse(v.object({ event: EventSchema }), value);
    if (event.success) return event.output;
    const { reply } = v.parse(v.object({ reply: v.unknown() }), value);
    const parsed = parseReply(reply);
    if (parsed === null) throw new Error(`Not a reply: ${JSON.stringify(reply)}`);
    return { reply: parsed };
  }
}

async function main([pluginsDir, dataDir, verb, plugin, body]: readonly string[]): Promise<void> {
  const write = (line: Line): void => console.log(JSON.stringify(line));
  const migrator = await openMigrator({ plugins: pluginsDir ?? "", data: dataDir ?? "" });
  migrator.subscribe((event) => write({ event }));
  const request = verbs().find((each) => each === verb) ?? "status";
  const payload = new TextEncoder().encode(body);
  write({ reply: await dispatch(request, plugin ?? "", payload, migrator.context) });
  // Idle, but alive: what it does not give back now it would hold for ever.
  setInterval(() => {}, 60_000);
}

if (import.meta.main) await main(Deno.args);
