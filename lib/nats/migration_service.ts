// The NATS micro-service on one connection: requests in, replies out.

import type { Msg, NatsConnection } from "nats.ws";
import type { HandlerContext, Log } from "../handler/context.ts";
import { dispatchTraced } from "../handler/dispatch.ts";
import { type Verb, verbs } from "../message/verbs.ts";
import { failureReply, withVerb } from "../handler/failure.ts";
import { whyNoPlugin } from "../message/plugin_name.ts";
import type { Reply } from "../message/any_reply.ts";
import { withoutSuggestions } from "../message/without_suggestions.ts";
import {
  dottedSubjects,
  isReplySubject,
  pluginOf,
  queueGroup,
  requestSubject,
} from "../message/subject.ts";
import { describeNatsError } from "./connection.ts";
import { DeeperServices } from "./deeper_services.ts";
import type { EndpointCounts, EndpointData, ServiceCounts } from "./endpoint_counts.ts";
import type { Link } from "./link.ts";
import { pendingWork } from "./pending_work.ts";
import { replyHeaders } from "./reply_headers.ts";
import { traceparentOf } from "./trace_headers.ts";
import type { ServiceObserver } from "./service_observer.ts";
import { endsWithin } from "../deadline.ts";
import { VERSION } from "../version.ts";

/** What a service works with. */
export interface MigrationServiceOptions {
  readonly connection: NatsConnection;
  readonly link: Link;
  readonly context: HandlerContext;
  readonly prefix: string;
  /** Where requests are counted; another connection of the service goes on from there. */
  readonly countsOf: ServiceCounts;
  /** More numbers of an endpoint; `null` where there are none. */
  readonly metricsOf: EndpointMetrics | null;
  readonly observer: ServiceObserver;
}

/** The numbers of an endpoint by their names, for `$SRV.STATS`. */
export type EndpointMetrics = (endpoint: string) => Promise<Readonly<Record<string, number>>>;

/** A service that answers requests on one connection. */
export interface MigrationService {
  /**
   * Resolves with the reason where the server refuses the subjects, such as a missing permission.
   */
  readonly failed: Promise<string>;
  /**
   * Stops taking requests, and resolves when every request that was taken has its reply. Waits at
   * most five seconds for a server that cannot be reached.
   */
  drain(): Promise<void>;
}

/** A message to the service. */
type Request = Pick<Msg, "subject" | "reply" | "data" | "headers" | "respond">;

const UNSUBSCRIBE_TIMEOUT_MS = 2_000;
const OUTAGE_TIMEOUT_MS = 5_000;

/** Registers the service, with an endpoint for each verb. */
export async function startMigrationService(
  options: MigrationServiceOptions,
): Promise<MigrationService> {
  const { connection, context, prefix } = options;
  const verbBySubject = new Map(verbs().map((verb) => [requestSubject(prefix, "*", verb), verb]));
  const service = await connection.services.add({
    name: "godwit",
    version: VERSION,
    description: "Applies, rolls back and reports schema migrations of SQLite plugins",
    metadata: { prefix },
    async statsHandler({ subject }): Promise<EndpointData | null> {
      const verb = verbBySubject.get(subject);
      if (verb === undefined) return null;
      const metrics = await options.metricsOf?.(verb);
      return {
        ...options.countsOf(verb).snapshot(),
        stuck_threads: context.databases.stuckThreads,
        ...(metrics === undefined ? {} : { metrics }),
      };
    },
  });
  const running = pendingWork();
  const sending = pendingWork();
  const queue = queueGroup(prefix);
  const reply = (message: Request, answered: Promise<Answered | null>): void => {
    running.add(answered.then((value) => {
      if (value !== null) sending.add(send(message, value, options));
    }));
  };
  for (const [subject, verb] of verbBySubject) {
    const counts = options.countsOf(verb);
    service.addEndpoint(verb, {
      subject,
      queue,
      metadata: { request_schema: `${verb}.request.json`, reply_schema: `${verb}.reply.json` },
      handler: (error, message) => {
        if (error === null) reply(message, answer(verb, message, options, counts));
      },
    });
  }
  const dotted = answerDottedNames(options, reply);
  let isDraining = false;
  const failed = Promise.withResolvers<string>();
  service.stopped.then((error) => {
    if (!isDraining && !connection.isClosed()) failed.resolve(error?.message ?? "it was stopped");
  });
  return {
    failed: failed.promise,
    async drain() {
      isDraining = true;
      const unsubscribed = Promise.all([service.stop(), dotted.drain()]);
      if (options.link.isUp()) await endsWithin(UNSUBSCRIBE_TIMEOUT_MS, unsubscribed);
      await running.settled();
      if (!await endsWithin(OUTAGE_TIMEOUT_MS, sending.settled())) {
        context.log("error", "Replies are lost because the NATS server cannot be reached", {
          replies: sending.size(),
        });
      }
    },
  };
}

/** A reply, and the trace that it belongs to. */
interface Answered {
  readonly reply: Reply;
  readonly traceparent: string | null;
  /** Called with what is sent, which is a failure where the reply is too large. */
  readonly onSent: (sent: Reply) => void;
}

/** Handles a request; `null` where it has no reply subject, or one that is not answered. */
async function answer(
  verb: Verb,
  message: Request,
  { context, prefix, observer }: MigrationServiceOptions,
  counts: EndpointCounts,
): Promise<Answered | null> {
  const plugin = pluginOf(message.subject, prefix);
  if (!isAnswerable(message, prefix, context.log)) return null;
  observer.onMessage("request", message.subject, message.data);
  const startedMs = context.elapsedMs();
  counts.begin();
  const parent = traceparentOf(message.headers);
  const answered = await dispatchTraced(verb, plugin, message.data, { context, parent });
  const ms = Math.round(context.elapsedMs() - startedMs);
  return {
    ...answered,
    onSent: (sent) => counts.end(sent.success ? null : sent.error_code, ms),
  };
}

/** Says whether a request can be answered; logs why not. */
function isAnswerable({ subject, reply }: Request, prefix: string, log: Log): boolean {
  if (reply === undefined || reply === "") {
    log("warn", "A request without a reply subject was not carried out", { subject });
    return false;
  }
  if (isReplySubject(reply, prefix)) return true;
  log("warn", "A request with a reply subject of others was not carried out", { subject, reply });
  return false;
}

/** Subscriptions, and how to end them. */
interface Subscriptions {
  /** Resolves when no message comes any more. */
  drain(): Promise<unknown>;
}

// A plugin name with dots makes a subject of too many parts, which no endpoint of a verb matches.
function answerDottedNames(
  { connection, prefix, context }: MigrationServiceOptions,
  reply: (message: Request, answered: Promise<Answered | null>) => void,
): Subscriptions {
  const deeper = new DeeperServices(connection, prefix, context.log);
  const refuse = async (verb: Verb, message: Msg): Promise<Answered | null> => {
    if (await deeper.answering(message.subject) !== "no other service") return null;
    if (!isAnswerable(message, prefix, context.log)) return null;
    const plugin = pluginOf(message.subject, prefix);
    const failure = failureReply("PLUGIN_NOT_FOUND", plugin.slice(0, 80), whyNoPlugin(plugin));
    return {
      reply: withVerb(verb, failure),
      traceparent: traceparentOf(message.headers),
      // It is a request of no endpoint.
      onSent() {},
    };
  };
  const subscriptions = verbs().flatMap((verb) =>
    dottedSubjects(prefix, verb).map((subject) =>
      connection.subscribe(subject, {
        queue: queueGroup(prefix),
        callback: (error, message) => {
          if (error === null) reply(message, refuse(verb, message));
        },
      })
    )
  );
  // A user that may not subscribe here still serves every plugin.
  for (const { closed } of subscriptions) closed.catch(() => {});
  return { drain: () => Promise.allSettled(subscriptions.map((each) => each.drain())) };
}

async function send(
  message: Request,
  { reply, traceparent, onSent }: Answered,
  { connection, link, context: { log }, observer }: MigrationServiceOptions,
): Promise<void> {
  await link.whenUp();
  try {
    const { sent, payload } = encodeWithin(connection.info?.max_payload ?? Infinity, reply);
    onSent(sent);
    observer.onMessage("reply", message.subject, payload);
    message.respond(payload, replyHeaders(sent, traceparent));
  } catch (error) {
    const { subject } = message;
    log("error", "A reply could not be sent", { subject, reason: describeNatsError(error) });
  }
}

// Headers count towards the limit too: a trace is short, and failures have more.
const HEADER_BYTES = 1024;

/** The bytes of a reply; where the server would refuse so many, those of a failure that says so. */
function encodeWithin(
  maxPayload: number,
  reply: Reply,
): { readonly sent: Reply; readonly payload: Uint8Array } {
  const payload = encode(reply);
  const fits = ({ length }: Uint8Array): boolean =>
    length + (reply.success ? 0 : HEADER_BYTES) <= maxPayload;
  if (fits(payload)) return { sent: reply, payload };
  const leaner = withoutSuggestions(reply);
  if (leaner !== null) {
    const without = encode(leaner);
    if (fits(without)) return { sent: leaner, payload: without };
  }
  const size = `reply of ${payload.length} bytes exceeds the server's ${maxPayload}`;
  const { verb, plugin_name: plugin } = reply;
  const current_version = "current_version" in reply ? reply.current_version : undefined;
  const sent: Reply = {
    ...withVerb(verb, failureReply("RESPONSE_TOO_LARGE", plugin, describeTooLarge(reply, size))),
    ...tenantOf(reply),
    ...(current_version === undefined ? {} : { current_version }),
  };
  return { sent, payload: encode(sent) };
}

function tenantOf(reply: Reply): { readonly tenant?: string } {
  return "tenant" in reply && reply.tenant !== undefined ? { tenant: reply.tenant } : {};
}

/** What happened nevertheless, and how to get the rest. */
function describeTooLarge(reply: Reply, size: string): string {
  if (!reply.success) {
    return `The request ended with ${reply.error_code}, and its ${size}; ` +
      `ask for status, and page with limit and offset`;
  }
  switch (reply.verb) {
    case "status":
    case "history":
    case "backups":
      return `The ${size}; page with limit and offset`;
    case "plan":
      return `The ${size}; leave out statements or schemas with omit, show fewer rows, ` +
        `or plan fewer migrations at a time with target_version`;
    case "rollout":
      return `The rollout is over and its ${size}; ask for plugins, which says what each ` +
        `database is at`;
    case "cancel":
      return `The ${size}`;
    case "backup":
    case "restore":
      return `The ${reply.verb} is over and its ${size}; ask for status and for backups`;
    case "apply":
    case "rollback": {
      const run = reply.dry_run ? "dry run" : "run";
      return `The ${run} is over and its ${size}; ` +
        `ask for status, or run fewer migrations at a time with target_version`;
    }
  }
  reply satisfies never;
}

function encode(reply: Reply): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(reply));
}
