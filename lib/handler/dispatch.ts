// From a verb and its request to the reply. The only place that catches bugs.

import type { Reply } from "../message/any_reply.ts";
import { isPluginName, whyNoPlugin } from "../message/plugin_name.ts";
import { checkRequest, type ParsedRequest, parseRequest } from "../message/request.ts";
import {
  ALL_VERBS,
  type AllMessages,
  type AnyVerb,
  type Verb,
  type VerbEntry,
} from "../message/verbs.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { apply } from "./apply.ts";
import { check } from "./check.ts";
import type { HandlerContext } from "./context.ts";
import { type Failure, failureReply, withVerb } from "./failure.ts";
import { plugins } from "./plugins.ts";
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
  check,
  plugins,
  rollback,
  status,
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
  return answer(verb, plugin, ({ request }) => parseRequest(request, payload), context);
}

/** Answers one request of this process. Never rejects, as above. */
export function call<V extends AnyVerb>(
  verb: V,
  plugin: string,
  request: AllMessages[V]["request"],
  context: HandlerContext,
): Promise<Reply<V>> {
  return answer(verb, plugin, (entry) => checkRequest(entry.request, request), context);
}

async function answer<V extends AnyVerb>(
  verb: V,
  plugin: string,
  parse: (entry: VerbEntry<V>) => ParsedRequest<AllMessages[V]["checked"]>,
  context: HandlerContext,
): Promise<Reply<V>> {
  const entry: VerbEntry<V> = ALL_VERBS[verb];
  if (entry.scope === "plugin" && !isPluginName(plugin)) {
    return withVerb(
      verb,
      failureReply("PLUGIN_NOT_FOUND", plugin.slice(0, 80), whyNoPlugin(plugin)),
    );
  }
  try {
    const parsed = parse(entry);
    if (!parsed.ok) {
      return withVerb(verb, failureReply("INVALID_REQUEST", plugin, parsed.message));
    }
    const reply = await HANDLERS[verb]({ plugin, tenant: null }, parsed.request, context);
    return reply.success ? reply : withVerb(verb, reply);
  } catch (error) {
    const id = context.newId();
    const trace = error instanceof Error ? error.stack ?? error.message : String(error);
    context.log("error", "Unexpected error", { id, verb, plugin, trace });
    const message = `Something went wrong inside godwit; its log says more under ${id}`;
    return withVerb(verb, failureReply("INTERNAL_ERROR", plugin, message));
  }
}
