// Judges where and as whom a tab is to connect to NATS. Pure; runs anywhere.

import { isPrefix } from "../message/subject.ts";
import type { NatsChoice } from "./sandbox.ts";

/** Says why a choice cannot be used, and the way out; `null` where it can. */
export function whyNoConnection({ url, prefix }: NatsChoice): string | null {
  const parsed = URL.parse(url);
  if (parsed === null || !["ws:", "wss:"].includes(parsed.protocol)) {
    return "A browser reaches NATS by its WebSocket listener; begin the address with ws:// or wss://";
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return "The address carries a login, and addresses are kept and shown; give the login by itself";
  }
  return isPrefix(prefix)
    ? null
    : "A prefix has tokens of a-z, A-Z, 0-9, _ and -, with dots between them, such as db.migrate";
}
