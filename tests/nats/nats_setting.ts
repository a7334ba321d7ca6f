// What the tests of the service share: a service in this process, and clients that count replies.

import { createInbox, type Msg, type NatsConnection } from "nats.ws";
import { type Migrator, openMigrator } from "../../lib/migrator.ts";
import { serveInDeno } from "../../lib/nats/serve_in_deno.ts";
import { parseReply, type Reply } from "../../lib/message/any_reply.ts";
import type { NatsServer } from "../support/nats_server.ts";
import { type GodwitProcess, until } from "../support/service_process.ts";
import type { Workspace } from "../support/workspace.ts";

/** A service in this process. Disposing of it drains it. */
export interface LocalService extends AsyncDisposable {
  readonly migrator: Migrator;
  readonly logs: string[];
}

/** Serves a workspace's plugins on a server and returns once requests are taken. */
export async function serveHere(
  workspace: Workspace,
  server: Pick<NatsServer, "url">,
  prefix = "db.migrate",
): Promise<LocalService> {
  const logs: string[] = [];
  const log = (level: string, message: string, fields: unknown = {}): void => {
    logs.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  const { pluginsDir, dataDir } = workspace;
  const migrator = await openMigrator({ plugins: pluginsDir, data: dataDir, log });
  const stop = new AbortController();
  const serving = Promise.withResolvers<void>();
  const ended = serveInDeno(migrator, {
    url: server.url,
    prefix,
    signal: stop.signal,
    observer: { onServing: () => serving.resolve() },
  });
  await serving.promise;
  return {
    migrator,
    logs,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
      await migrator[Symbol.asyncDispose]();
    },
  };
}

/** What came back for one request. */
export interface Answer {
  readonly reply: Reply;
  readonly message: Msg;
}

const PATIENCE_MS = 60_000;
// Long enough for a second reply to arrive, if there were one: it would be on its way already.
const ECHO_MS = 30;

/** Sends a request and demands one reply, which is one of godwit's, and no second one. */
export async function askOnce(
  connection: NatsConnection,
  subject: string,
  payload: string | Uint8Array = "",
): Promise<Answer> {
  const inbox = createInbox();
  const messages: Msg[] = [];
  const first = Promise.withResolvers<void>();
  const subscription = connection.subscribe(inbox, {
    callback: (error, message) => {
      if (error === null) messages.push(message);
      first.resolve();
    },
  });
  const timer = setTimeout(
    () => first.reject(new Error(`No reply on ${subject}`)),
    PATIENCE_MS,
  );
  try {
    connection.publish(subject, payload, { reply: inbox });
    await first.promise;
    await connection.flush();
    await new Promise((resolve) => setTimeout(resolve, ECHO_MS));
  } finally {
    clearTimeout(timer);
    subscription.unsubscribe();
  }
  const [message] = messages;
  if (messages.length !== 1 || message === undefined) {
    throw new Error(`${messages.length} replies on ${subject}`);
  }
  const reply = parseReply(message.json());
  if (reply === null) throw new Error(`Not a reply: ${message.string()}`);
  return { reply, message };
}

/** Sends SIGTERM until a service that is stopping rolls back what runs. */
export async function insist(service: GodwitProcess): Promise<void> {
  await until("Rolling back", () => {
    if (service.stderr.includes("Rolling back the runs that have not ended")) return true;
    service.signal("SIGTERM");
    return false;
  });
}

/** The command-line options that point at a workspace and a server. */
export function whereabouts(workspace: Workspace, server: NatsServer): string[] {
  return ["--plugins", workspace.pluginsDir, "--data", workspace.dataDir, "--nats", server.url];
}
