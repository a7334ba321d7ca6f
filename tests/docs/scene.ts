// What a page's blocks have in common while they run, from the first to the last.

import { join } from "node:path";
import { connect } from "nats.ws";
import * as v from "valibot";
import { type Migrator, openMigrator } from "../../lib/migrator.ts";
import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Verb } from "../../lib/message/verbs.ts";
import { formatFileName } from "../../lib/migration/file_name.ts";
import { fileLocks } from "../../lib/lock/file_locks.ts";
import type { RunLock } from "../../lib/lock/run_locks.ts";
import type { RunEvent } from "../../lib/message/event.ts";
import { StatusReplySchema } from "../../lib/message/reply_schema.ts";
import { requestSubject } from "../../lib/message/subject.ts";
import type { RepositoryCopy } from "./repository_copy.ts";

/** How a block went. */
export type Verdict =
  | { readonly kind: "right" }
  /** Not as the page says. */
  | { readonly kind: "wrong"; readonly problem: string }
  /** The block shows what was so once; `actual` belongs in its place. */
  | { readonly kind: "stale"; readonly problem: string; readonly actual: string };

/** Nothing to say about a block. */
export const RIGHT: Verdict = { kind: "right" };

/** Says what is wrong with a block. */
export function wrong(problem: string): Verdict {
  return { kind: "wrong", problem };
}

/** The copy a page runs in, and what its last block left behind. */
export class Scene implements AsyncDisposable {
  readonly copy: RepositoryCopy;
  /** Relative to the copy. */
  plugins = "plugins";
  /** What the last block that ran printed; `null` before the first. */
  output: string | null = null;
  /** The last reply as it came over the wire. */
  reply: unknown = null;
  /** The events of the last request. */
  events: RunEvent[] = [];
  /** Whether the next request meets a bug. */
  hasBug = false;
  /** Whether the next run is cancelled in its second migration. */
  isCancelled = false;
  #held: RunLock | null = null;
  #opened: { readonly plugins: string; readonly migrator: Migrator } | null = null;

  constructor(copy: RepositoryCopy) {
    this.copy = copy;
  }

  /** The path of a plugin's migration file. */
  migrationPath(plugin: string, file: string): string {
    return join(this.copy.root, this.plugins, plugin, "migrations", file);
  }

  /** The path of a plugin's database. */
  database(plugin: string): string {
    return join(this.copy.root, "data", `${plugin}.sqlite3`);
  }

  /** Sends a request to the handlers in this process. */
  async ask(verb: Verb, plugin: string, payload: string): Promise<unknown> {
    const migrator = await this.#start();
    const { context } = migrator;
    this.events = [];
    if (this.isCancelled) {
      const unsubscribe = migrator.subscribe((event) => {
        if (event.event !== "migration_started" || event.version < 2) return;
        unsubscribe();
        migrator.cancel(plugin);
      });
      this.isCancelled = false;
    }
    const bug = { ...context.source, find: () => Promise.reject(new Error("a bug")) };
    const reply = await dispatch(
      verb,
      plugin,
      new TextEncoder().encode(payload),
      this.hasBug ? { ...context, source: bug } : context,
    );
    this.hasBug = false;
    return this.#remember(reply);
  }

  /** Sends a request to the service that the page has started. */
  async askService(verb: Verb, plugin: string, payload: string): Promise<unknown> {
    const connection = await connect({ servers: this.copy.natsUrl });
    try {
      const subject = requestSubject("db.migrate", plugin, verb);
      const message = await connection.request(subject, payload, { timeout: 20_000 });
      return this.#remember(message.json());
    } finally {
      await connection.close();
    }
  }

  /** Holds a plugin as an apply of somebody else would that has just begun its first migration. */
  async hold(plugin: string, by: string): Promise<void> {
    const status = v.parse(StatusReplySchema, await this.ask("status", plugin, "{}"));
    const lock = fileLocks(join(this.copy.root, "data")).acquire(
      { plugin, tenant: null },
      crypto.randomUUID(),
    );
    if (lock.kind !== "acquired") throw new Error(`${plugin} cannot be held: ${lock.kind}`);
    lock.publish({
      files: status.available_migrations.map((each) => ({
        ...each,
        file: formatFileName(each),
        checksum: "",
      })),
      findings: [],
      history: status.applied_migrations.map((applied) => ({
        version: applied.version,
        name: applied.name,
        checksum: applied.checksum,
        appliedAt: applied.applied_at,
        appliedBy: applied.applied_by,
        status: "applied",
        errorMessage: null,
        executionTimeMs: applied.execution_time_ms,
      })),
      progress: {
        run_id: crypto.randomUUID(),
        verb: "apply",
        dry_run: false,
        started_at: new Date().toISOString(),
        started_by: by,
        version: status.pending_migrations[0]?.version ?? null,
        migrations_done: 0,
        migrations_total: status.pending_count,
        statements_done: 2,
        statements_total: 4,
      },
    });
    lock.cancelled.addEventListener("abort", () => lock.release("cancelled"));
    this.#held = lock;
  }

  /** Gives back what was held. */
  release(): void {
    this.#held?.release();
    this.#held = null;
  }

  /** Removes plugins and databases that earlier blocks made. */
  reset(): void {
    for (const each of ["data", "plugins"]) {
      const path = join(this.copy.root, each);
      try {
        Deno.removeSync(path, { recursive: true });
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    this.plugins = "plugins";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await this.#opened?.migrator[Symbol.asyncDispose]();
  }

  async #start(): Promise<Migrator> {
    if (this.#opened?.plugins === this.plugins) return this.#opened.migrator;
    await this.#opened?.migrator[Symbol.asyncDispose]();
    const migrator = await openMigrator({
      plugins: join(this.copy.root, this.plugins),
      data: join(this.copy.root, "data"),
      workers: 2,
    });
    migrator.subscribe((event) => this.events.push(event));
    this.#opened = { plugins: this.plugins, migrator };
    return migrator;
  }

  #remember(reply: unknown): unknown {
    this.reply = JSON.parse(this.copy.delocalize(JSON.stringify(reply)));
    return this.reply;
  }
}
