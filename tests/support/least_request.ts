// The smallest request of each verb.

import type { AnyVerb } from "../../lib/message/verbs.ts";

/** The fields that a verb cannot do without. */
export function leastRequest(verb: AnyVerb): Readonly<Record<string, string>> {
  return verb === "restore" ? { backup: "latest" } : {};
}
