// The version that a reply names.

import type { Reply } from "../../lib/message/any_reply.ts";

/** The current version in a reply; `null` where its verb has none, or it is a failure without. */
export function currentVersionIn(reply: Reply): number | null {
  return "current_version" in reply ? reply.current_version ?? null : null;
}
