// Judges where and as whom a tab is to connect to NATS. Pure; runs anywhere.

import { isPrefix } from "../message/subject.ts";
import type { NatsChoice } from "./sandbox.ts";

/** An address to connect to, or what is wrong with it. */
export type CheckedUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly message: string };

/** Accepts `ws://` and `wss://` without user and password, for an address ends up in logs. */
export function checkNatsUrl(text: string, isSecurePage: boolean): CheckedUrl {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return refuse("This is no address; write one such as ws://127.0.0.1:8080");
  }
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    return refuse(
      `A browser reaches NATS over WebSocket only; use ws:// or wss:// in place of ${url.protocol}//`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    return refuse(
      "The address carries a user or a password, and addresses end up in logs; take it out and " +
        "choose a login below",
    );
  }
  if (isSecurePage && url.protocol === "ws:" && !isLoopback(url)) {
    return refuse("A page that came over https may only connect to wss://");
  }
  // What follows the host is left as it was typed: a server may listen on a path.
  return { ok: true, url: url.href.replace(/\/$/, "") };
}

/** Says why a choice cannot be used, and the way out; `null` where it can. */
export function whyNoConnection({ url, prefix }: NatsChoice, isSecurePage: boolean): string | null {
  const checked = checkNatsUrl(url, isSecurePage);
  if (!checked.ok) return checked.message;
  return isPrefix(prefix)
    ? null
    : "A prefix has tokens of a-z, A-Z, 0-9, _ and -, with dots between them, such as db.migrate";
}

/** Whether an address is on this machine, which is reached without a network. */
export function isLoopback(url: string | URL): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(hostname);
}

function refuse(message: string): CheckedUrl {
  return { ok: false, message };
}
