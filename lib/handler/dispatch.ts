// From a verb and a payload to the reply: the table of verbs, and the one place that catches bugs.

import type * as v from "valibot";
import { isPluginName, whyNoPlugin } from "../message/plugin_name.ts";
import type { Reply } from "../message/reply.ts";
import {
  ApplyRequestSchema,
  parseRequest,
  RollbackRequestSchema,
  StatusRequestSchema,
} from "../message/request.ts";
import {
  ApplyReplySchema,
  RollbackReplySchema,
  StatusReplySchema,
} from "../message/reply_schema.ts";
import { apply } from "./apply.ts";
import type { Handler, HandlerContext } from "./context.ts";
import { failureReply } from "./failure.ts";
import { rollback } from "./rollback.ts";
import { status } from "./status.ts";

/** The name of a verb. */
export type Verb = "apply" | "rollback" | "status";

/** A verb of the contract: its schemas, and how a payload becomes a reply. */
interface VerbEntry {
  readonly request: v.GenericSchema;
  readonly reply: v.GenericSchema;
  readonly respond: (
    plugin: string,
    payload: Uint8Array,
    context: HandlerContext,
  ) => Promise<Reply>;
}

/** Every verb. Adding one is adding its line. */
export const VERBS: Readonly<Record<Verb, VerbEntry>> = {
  apply: verb(ApplyRequestSchema, ApplyReplySchema, apply),
  rollback: verb(RollbackRequestSchema, RollbackReplySchema, rollback),
  status: verb(StatusRequestSchema, StatusReplySchema, status),
};

/** Answers one request. Whatever happens, there is one reply, and it carries no stack trace. */
export async function dispatch(
  verb: Verb,
  plugin: string,
  payload: Uint8Array,
  context: HandlerContext,
): Promise<Reply> {
  if (!isPluginName(plugin)) {
    return failureReply(
      "PLUGIN_NOT_FOUND",
      plugin.slice(0, 80),
      whyNoPlugin(plugin),
    );
  }
  try {
    return await VERBS[verb].respond(plugin, payload, context);
  } catch (error) {
    const id = context.newId();
    const trace = error instanceof Error ? error.stack ?? error.message : String(error);
    context.log("error", "Unexpected error", { id, verb, plugin, trace });
    return failureReply(
      "INTERNAL_ERROR",
      plugin,
      `Something went wrong inside godwit; its log says more under ${id}`,
    );
  }
}

function verb<Request, Success extends Reply>(
  request: v.GenericSchema<unknown, Request>,
  reply: v.GenericSchema<Success>,
  handler: Handler<Request, Success>,
): VerbEntry {
  return {
    request,
    reply,
    async respond(plugin, payload, context) {
      const parsed = parseRequest(request, payload);
      return parsed.ok
        ? await handler(plugin, parsed.request, context)
        : failureReply("INVALID_REQUEST", plugin, parsed.message);
    },
  };
}
