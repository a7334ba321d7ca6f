// Sends requests of the wire contract to the sandbox. Runs in the browser.

import type { FailureReply, Reply } from "../../message/any_reply.ts";
import type { Verb, WireMessages } from "../../message/verbs.ts";
import type { Store } from "./store.ts";

/** Sends a request. Without an open sandbox, returns a failure. */
export async function request<V extends Verb>(
  store: Store,
  verb: V,
  plugin: string,
  fields: WireMessages[V]["request"],
): Promise<WireMessages[V]["reply"] | FailureReply> {
  const sandbox = store.sandbox.value;
  if (sandbox === null) {
    return failure(verb, plugin, "The sandbox is not open yet; wait a moment");
  }
  const reply = await sandbox.request(verb, plugin, JSON.stringify(fields));
  if (!reply.success || isReplyTo(verb, reply)) return reply;
  return failure(verb, plugin, `The sandbox sent the reply to ${reply.verb}`);
}

function isReplyTo<V extends Verb>(verb: V, reply: Reply): reply is WireMessages[V]["reply"] {
  return reply.verb === verb;
}

function failure(verb: Verb, plugin: string, message: string): FailureReply {
  return {
    success: false,
    verb,
    error_code: "INTERNAL_ERROR",
    message,
    plugin_name: plugin,
    errors: [],
    warnings: [],
  };
}
