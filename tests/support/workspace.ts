// A directory of plugins and a directory of databases for one test, removed when it ends.

import { dirname, join } from "node:path";
import * as v from "valibot";
import { type Migrator, type MigratorOptions, openMigrator } from "../../lib/migrator.ts";
import { dispatch } from "../../lib/handler/dispatch.ts";
import { type Verb, VERBS } from "../../lib/message/verbs.ts";
import type { RunEvent } from "../../lib/message/event.ts";
import { EventSchema } from "../../lib/message/event_schema.ts";
import type { ApplyReply, RollbackReply, StatusReply } from "../../lib/message/reply.ts";
import { type FailureReply, FailureReplySchema, type Reply } from "../../lib/message/any_reply.ts";
import { keepThreads } from "./kept_threads.ts";

keepThreads();

/** Migrations by file name. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Temporary directories, and what a test does with them. */
export class Workspace implements AsyncDisposable {
  readonly root: string;
  readonly pluginsDir: string;
  readonly dataDir: string;
  readonly events: RunEvent[] = [];
  readonly logs: string[] = [];
  readonly #options: Partial<MigratorOptions>;
  #migrator: Promise<Migrator> | null = null;

  constructor(options: Partial<MigratorOptions> = {}) {
    this.root = Deno.makeTempDirSync({ prefix: "godwit-test-" });
    this.pluginsDir = join(this.root, "plugins");
    this.dataDir = join(this.root, "data");
    this.#options = options;
    Deno.mkdirSync(this.pluginsDir);
  }

  /** Writes a plugin's migration files; what is there already stays. */
  write(plugin: string, files: Files): void {
    this.#writeTo(join(plugin, "migrations"), files);
  }

  /** Writes a plugin's schema.sql. */
  writeSchema(plugin: string, sql: string): void {
    Deno.mkdirSync(join(this.pluginsDir, plugin), { recursive: true });
    Deno.writeTextFileSync(join(this.pluginsDir, plugin, "schema.sql"), sql);
  }

  /** Writes files of statements that a plugin's code runs. */
  writeQueries(plugin: string, files: Files): void {
    this.#writeTo(join(plugin, "queries"), files);
  }

  /** Removes one of a plugin's files. */
  remove(plugin: string, file: string): void {
    Deno.removeSync(join(this.pluginsDir, plugin, "migrations", file));
  }

  /** The path of a plugin's database, or of a tenant's. */
  database(plugin: string, tenant?: string): string {
    return join(this.dataDir, `${tenant === undefined ? plugin : join(plugin, tenant)}.sqlite3`);
  }

  /** Sends one request through dispatch, as NATS and the command line do. */
  ask<V extends Verb>(verb: V, plugin: string, body: unknown = {}): Promise<Reply<V>> {
    return this.send(verb, plugin, new TextEncoder().encode(JSON.stringify(body)));
  }

  /** Sends bytes as they are. Every reply is held against its schema, and so are the events. */
  async send<V extends Verb>(verb: V, plugin: string, payload: Uint8Array): Promise<Reply<V>> {
    const reply = await dispatch(verb, plugin, payload, (await this.migrator()).context);
    // What crosses the wire is JSON, where a missing value and an undefined one are the same.
    const message: unknown = JSON.parse(JSON.stringify(reply));
    v.parse(reply.success ? VERBS[verb].reply : FailureReplySchema, message);
    for (const event of this.events) v.parse(EventSchema, event);
    return reply;
  }

  /** Sends a request, and fails the test where it fails. */
  async succeed<V extends Verb>(
    verb: V,
    plugin: string,
    body: unknown = {},
  ): Promise<Exclude<Reply<V>, FailureReply>> {
    const reply = await this.ask(verb, plugin, body);
    if (reply.verb === verb && isSuccess(reply)) return reply;
    throw new Error(`${verb} failed: ${JSON.stringify(reply)}`);
  }

  /** Applies, and fails the test where that fails. */
  apply(plugin: string, body: unknown = {}): Promise<ApplyReply> {
    return this.succeed("apply", plugin, body);
  }

  /** Rolls back, and fails the test where that fails. */
  rollback(plugin: string, body: unknown = {}): Promise<RollbackReply> {
    return this.succeed("rollback", plugin, body);
  }

  /** Asks for status, and fails the test where that fails. */
  status(plugin: string, body: unknown = {}): Promise<StatusReply> {
    return this.succeed("status", plugin, body);
  }

  /** Sends a request that must fail. */
  async refused(verb: Verb, plugin: string, body: unknown = {}): Promise<FailureReply> {
    const reply = await this.ask(verb, plugin, body);
    if (!reply.success) return reply;
    throw new Error(`${verb} succeeded: ${JSON.stringify(reply)}`);
  }

  /** The migrator that answers, opened when it is first needed. */
  migrator(): Promise<Migrator> {
    return this.#migrator ??= this.#open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A migrator that did not open has failed the test already.
    const migrator = await this.#migrator?.catch(() => null);
    await migrator?.[Symbol.asyncDispose]();
    Deno.removeSync(this.root, { recursive: true });
  }

  #writeTo(folder: string, files: Files): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.pluginsDir, folder, name);
      Deno.mkdirSync(dirname(path), { recursive: true });
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      Deno.writeFileSync(path, bytes);
    }
  }

  async #open(): Promise<Migrator> {
    const migrator = await openMigrator({
      plugins: this.pluginsDir,
      data: this.dataDir,
      log: (level, message, fields) =>
        this.logs.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
      ...this.#options,
    });
    migrator.subscribe((event) => this.events.push(event));
    return migrator;
  }
}

function isSuccess<R extends { readonly success: boolean }>(
  reply: R,
): reply is Exclude<R, FailureReply> {
  return reply.success;
}
