// The NATS micro-service: subjects in, replies out, events beside them.

import { Events, type NatsConnection, type Service, type ServiceMsg } from "nats.ws";
import type { HandlerContext, Log } from "../handler/context.ts";
import { dispatch, type Verb, VERBS } from "../handler/dispatch.ts";
import { failureReply } from "../handler/failure.ts";
import { PLUGIN_NAME_RULE, quoteName } from "../message/plugin_name.ts";
import type { RunEvent } from "../message/event.ts";
import type { ErrorCode, Reply } from "../message/reply.ts";
import { eventSubject, pluginOf, requestSubject } from "../message/subject.ts";

/** The queue group that all instances share: each request goes to one of them. */
export const QUEUE_GROUP = "godwit";

/** A service that answers requests on one connection. */
export interface MigrationService {
  /** Stops taking requests and returns when all that were taken have their reply. */
  drain(): Promise<void>;
}

// The numbers of the NATS service protocol, after those of HTTP.
const SERVICE_CODES: Readonly<Record<ErrorCode, number>> = {
  INVALID_REQUEST: 400,
  PLUGIN_NOT_FOUND: 404,
  MIGRATION_IN_PROGRESS: 409,
  PLAN_CHANGED: 409,
  VALIDATION_FAILED: 422,
  MIGRATION_FAILED: 500,
  ROLLBACK_FAILED: 500,
  DATABASE_UNAVAILABLE: 503,
  RESPONSE_TOO_LARGE: 500,
  INTERNAL_ERROR: 500,
};

/** Registers the service, with an endpoint for each verb, as NATS micro-services are. */
export async function startMigrationService(
  connection: NatsConnection,
  context: HandlerContext,
  prefix: string,
  version: string,
): Promise<MigrationService> {
  const service = await connection.services.add({
    name: "godwit",
    version,
    description: "Applies, rolls back and reports schema migrations of SQLite plugins",
    queue: QUEUE_GROUP,
    metadata: { prefix },
  });
  const inFlight = new Set<Promise<void>>();
  const track = (work: Promise<void>): void => {
    inFlight.add(work);
    work.finally(() => inFlight.delete(work));
  };
  for (const verb of verbsOf(VERBS)) {
    service.addEndpoint(verb, {
      subject: requestSubject(prefix, "*", verb),
      metadata: { request_schema: `${verb}.request.json`, reply_schema: `${verb}.reply.json` },
      handler: (error, message) => {
        if (error !== null) {
          context.log("warn", "A subscription failed", { verb, reason: error.message });
        } else track(answer(verb, message, connection, context, prefix));
      },
    });
  }
  answerDottedNames(service, connection, context, prefix);
  return {
    async drain() {
      await service.stop();
      while (inFlight.size > 0) await Promise.allSettled(inFlight);
    },
  };
}

/** Publishes an event; while there is no connection it is dropped, for it would come too late. */
export function publishEvent(connection: NatsConnection, prefix: string, event: RunEvent): void {
  if (connection.isClosed()) return;
  connection.publish(eventSubject(prefix, event.plugin_name), JSON.stringify(event));
}

/** Logs what becomes of a connection, until it is closed. */
export async function logConnection(connection: NatsConnection, log: Log): Promise<void> {
  for await (const { type, data } of connection.status()) {
    if (type === Events.Disconnect) {
      log("warn", "Lost the NATS server; reconnecting", { server: String(data) });
    }
    if (type === Events.Reconnect) log("info", "Reconnected to NATS", { server: String(data) });
    if (type === Events.LDM) {
      log("warn", "The NATS server is about to stop", { server: String(data) });
    }
    if (type === Events.Error) log("error", "NATS reports an error", { reason: String(data) });
  }
}

async function answer(
  verb: Verb,
  message: ServiceMsg,
  connection: NatsConnection,
  context: HandlerContext,
  prefix: string,
): Promise<void> {
  const plugin = pluginOf(message.subject, prefix);
  if (message.reply === undefined || message.reply === "") {
    context.log("warn", "A request without a reply subject was not carried out", { verb, plugin });
    return;
  }
  const startedMs = context.elapsedMs();
  const reply = await dispatch(verb, plugin, message.data, context);
  send(message, reply, connection, context.log);
  context.log("info", "Answered", {
    verb,
    plugin,
    outcome: reply.success ? "success" : reply.error_code,
    ms: Math.round(context.elapsedMs() - startedMs),
  });
}

// A plugin name with dots makes more tokens than a subject has; whoever asks shall learn it.
function answerDottedNames(
  service: Service,
  connection: NatsConnection,
  context: HandlerContext,
  prefix: string,
): void {
  service.addEndpoint("invalid_plugin_name", {
    subject: `${prefix}.*.*.>`,
    handler: (error, message) => {
      if (error !== null || !message.reply) return;
      const plugin = pluginOf(message.subject, prefix);
      const reason = `There can be no plugin ${quoteName(plugin)}: ${PLUGIN_NAME_RULE}`;
      send(
        message,
        failureReply("PLUGIN_NOT_FOUND", plugin.slice(0, 80), reason),
        connection,
        context.log,
      );
    },
  });
}

function send(message: ServiceMsg, reply: Reply, connection: NatsConnection, log: Log): void {
  try {
    const fitting = fit(reply, connection.info?.max_payload ?? Infinity);
    if (fitting.success) message.respond(encode(fitting));
    else {
      // The header takes one line; the whole message is in the reply.
      const description = fitting.message.replaceAll(/\s+/g, " ").slice(0, 200);
      message.respondError(SERVICE_CODES[fitting.error_code], description, encode(fitting));
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log("error", "A reply could not be sent", { subject: message.subject, reason });
  }
}

// Headers count towards the limit too.
const HEADER_BYTES = 1024;

function fit(reply: Reply, maxPayload: number): Reply {
  const sizeBytes = encode(reply).length;
  if (sizeBytes + HEADER_BYTES <= maxPayload) return reply;
  const isRun = "plan_hash" in reply;
  const message = isRun
    ? `The run is over and its reply of ${sizeBytes} bytes exceeds the server's ${maxPayload}; ` +
      `ask for status, or run fewer migrations at a time with target_version`
    : `The reply of ${sizeBytes} bytes exceeds the server's ${maxPayload}; page with limit and offset`;
  return {
    ...failureReply("RESPONSE_TOO_LARGE", reply.plugin_name, message),
    ...(reply.current_version === undefined ? {} : { current_version: reply.current_version }),
  };
}

function encode(reply: Reply): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(reply));
}

function verbsOf(table: typeof VERBS): readonly Verb[] {
  return Object.keys(table).filter((verb): verb is Verb => verb in table);
}
