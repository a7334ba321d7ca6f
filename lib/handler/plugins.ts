// Handles `plugins`: lists the plugins.

import type { PluginsReply } from "../message/reply.ts";
import type { EmptyRequest } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";
import { type Failure, failureReply } from "./failure.ts";

/** Names every plugin that has migrations. */
export async function plugins(
  { plugin }: DatabaseAddress,
  _request: EmptyRequest,
  context: HandlerContext,
): Promise<PluginsReply | Failure> {
  const listed = await context.source.plugins();
  return listed.ok
    ? { success: true, verb: "plugins", plugin_name: plugin, plugins: [...listed.names] }
    : failureReply("PLUGIN_NOT_FOUND", plugin, listed.message);
}
