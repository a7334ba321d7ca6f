// From a verb and its request to the reply. The only place that catches bugs.

import type { Reply } from "../message/any_reply.ts";
import { isPluginName, whyNoPlugin } from "../message/plugin_name.ts";
import type { ErrorCode } from "../message/reply.ts";
import { checkRequest, type ParsedRequest, parseRequest } from "../message/parse_request.ts";
import {
  ALL_VERBS,
  type AllMessages,
  type AnyVerb,
  type Verb,
  type VerbEntry,
} from "../message/verbs.ts";
import { type DatabaseAddress, OWN_DIRECTORIES } from "../plan/database_address.ts";
import { traceFields } from "../trace/span.ts";
import { apply } from "./apply.ts";
import { backup } from "./backup.ts";
import { backups } from "./backups.ts";
import { cancel } from "./cancel.ts";
import type { HandlerContext } from "./context.ts";
import { type Failure, failureReply, withVerb } from "./failure.ts";
import { history } from "./history.ts";
import { plan } from "./plan.ts";
import { restore } from "./restore.ts";
import { rollback } from "./rollback.ts";
import { status } from "./status.ts";

/** Carries out one verb, from a checked request to the reply. */
type Handler<V extends AnyVerb> = (
  address: DatabaseAddress,
  request: AllMessages[V]["checked"],
  context: HandlerContext,
) => Promise<AllMessages[V]["reply"] | Failure>;

const HANDLERS: { readonly [V in AnyVerb]: Handler<V> } = {
  apply,
  backup,
  backups,
  cancel,
  history,
  plan,
  restore,
  rollback,
  status,
  // A browser tab, which loads its code over a network, answers none of these by itself.
  check: async (...args) => (await import("./on_demand.ts")).check(...args),
  diff: async (...args) => (await import("./on_demand.ts")).diff(...args),
  dump: async (...args) => (await import("./on_demand.ts")).dump(...args),
  plugins: async (...args) => (await import("./on_demand.ts")).plugins(...args),
  rollout: async (...args) => (await import("./on_demand.ts")).rollout(...args),
};

/**
 * Answers one request that came over a transport: `payload` is JSON in UTF-8, and empty means `{}`.
 * Never rejects: a bug becomes an `INTERNAL_ERROR` without a stack trace.
 */
export function dispatch<V extends Verb>(
  verb: V,
  plugin: string,
  payload: Uint8Array,
  context: HandlerContext,
): Promise<Reply<V>> {
  return dispatchTraced(verb, plugin, payload, { context, parent: null }).then(({ reply }) =>
    reply
  );
}

/** A reply, and the trace that its request belongs to. */
export interface Answer<V extends AnyVerb> {
  readonly reply: Reply<V>;
  readonly traceparent: string | null;
}

/** Answers one request as `dispatch()` does; `parent` is its header `traceparent`. */
export function dispatchTraced<V extends Verb>(
  verb: V,
  plugin: string,
  payload: Uint8Array,
  { context, parent }: { readonly context: HandlerContext; readonly parent: string | null },
): Promise<Answer<V>> {
  const parse: Parse<V> = ({ request }) => parseRequest(request, payload);
  return answer(verb, plugin, parse, context, parent);
}

/** Answers one request of this process. Never rejects, as above. */
export function call<V extends AnyVerb>(
  verb: V,
  plugin: string,
  request: AllMessages[V]["request"],
  context: HandlerContext,
): Promise<Reply<V>> {
  const parse: Parse<V> = (entry) => checkRequest(entry.request, request);
  return answer(verb, plugin, parse, context, null).then(({ reply }) => reply);
}

async function answer<V extends AnyVerb>(
  verb: V,
  plugin: string,
  parse: Parse<V>,
  context: HandlerContext,
  parent: string | null,
): Promise<Answer<V>> {
  const { observer, elapsedMs, log, publish } = context;
  const startedMs = elapsedMs();
  observer.onRequest(verb);
  const span = await context.beginRequest(parent, verb, { "godwit.plugin": plugin.slice(0, 64) });
  const { traceparent } = span;
  const reply = await carryOut(verb, plugin, parse, {
    ...context,
    span,
    publish: (event) => publish(event, traceparent),
  });
  const outcome = reply.success ? "success" : reply.error_code;
  const ms = elapsedMs() - startedMs;
  span.end(reply.success ? null : reply.error_code);
  observer.onAnswered({ verb, outcome, ms });
  log("info", "Answered", {
    verb,
    plugin: reply.plugin_name,
    ...given(reply, "tenant"),
    ...given(reply, "run_id"),
    outcome,
    ms: Math.round(ms),
    ...traceFields(span),
  });
  return { reply, traceparent };
}

/** A field of a reply, where it has one. */
function given(
  reply: Reply<AnyVerb>,
  field: "tenant" | "run_id",
): Readonly<Record<string, string>> {
  const value = Object.entries(reply).find(([name]) => name === field)?.[1];
  return typeof value === "string" ? { [field]: value } : {};
}

type Parse<V extends AnyVerb> = (
  entry: VerbEntry<V>,
) => ParsedRequest<AllMessages[V]["checked"]>;

async function carryOut<V extends AnyVerb>(
  verb: V,
  plugin: string,
  parse: Parse<V>,
  context: HandlerContext,
): Promise<Reply<V>> {
  const entry: VerbEntry<V> = ALL_VERBS[verb];
  if (entry.scope === "plugin" && !isPluginName(plugin)) {
    return withVerb(
      verb,
      failureReply("PLUGIN_NOT_FOUND", plugin.slice(0, 80), whyNoPlugin(plugin)),
    );
  }
  let tenant: string | null = null;
  const fail = (code: ErrorCode, message: string): Reply<V> =>
    withTenant(tenant, withVerb(verb, failureReply(code, plugin, message)));
  try {
    const parsed = parse(entry);
    tenant = parsed.tenant;
    if (!parsed.ok) return fail("INVALID_REQUEST", parsed.message);
    const address = { plugin, tenant };
    const refusal = whyNoTenant(address, context);
    if (refusal !== null) return fail("INVALID_REQUEST", refusal);
    const reply = await HANDLERS[verb](address, parsed.request, context);
    return withTenant(tenant, reply.success ? reply : withVerb(verb, reply));
  } catch (error) {
    const id = context.newId();
    const trace = error instanceof Error ? error.stack ?? error.message : String(error);
    context.log("error", "Unexpected error", { id, verb, plugin, tenant, trace });
    return fail(
      "INTERNAL_ERROR",
      `Something went wrong inside godwit; its log says more under ${id}`,
    );
  }
}

function whyNoTenant(
  { plugin, tenant }: DatabaseAddress,
  { databases }: HandlerContext,
): string | null {
  if (tenant === null) return null;
  if (databases.tenantsOf === null) {
    return "A browser keeps one database for each plugin; leave out tenant";
  }
  return OWN_DIRECTORIES.includes(plugin)
    ? `"${plugin}" cannot have tenants, because their databases would be among the ${plugin} in ` +
      `the data directory; rename the plugin`
    : null;
}

function withTenant<R extends Reply<AnyVerb>>(tenant: string | null, reply: R): R {
  return tenant === null ? reply : { ...reply, tenant };
}
