// Validates the NATS server that a tab connects to. Pure; runs anywhere.

import { isPrefix } from "../message/subject.ts";
import { type NodeIdentity, whyNoNode } from "../fleet/node_identity.ts";
import type { FleetNodeChoice, NatsChoice } from "./sandbox.ts";

/** A valid address, or why it is not. */
export type CheckedUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly message: string };

/** Accepts `ws://` and `wss://` without user and password, because addresses are logged. */
export function checkNatsUrl(text: string, isSecurePage: boolean): CheckedUrl {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return refuse("This is not an address; write one such as ws://127.0.0.1:8080");
  }
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    return refuse(
      `A browser reaches NATS over WebSocket only; ` +
        `use ws:// or wss:// in place of ${url.protocol}//`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    return refuse(
      "The address contains a user or a password, and addresses are logged; remove it and " +
        "choose a login below",
    );
  }
  if (isSecurePage && url.protocol === "ws:" && !isLoopback(url)) {
    return refuse("A page loaded over https can only connect to wss://");
  }
  // The path stays as it was typed, because a server may listen on a path.
  return { ok: true, url: url.href.replace(/\/$/, "") };
}

/** Why a choice cannot be used, and the way out; `null` if it can. */
export function whyNoConnection(
  { url, prefix, fleet }: NatsChoice,
  isSecurePage: boolean,
): string | null {
  const checked = checkNatsUrl(url, isSecurePage);
  if (!checked.ok) return checked.message;
  if (!isPrefix(prefix)) {
    return "A prefix has tokens of a-z, A-Z, 0-9, _ and -, with dots between them, such as " +
      "db.migrate";
  }
  return fleet === undefined ? null : whyNoNode(identityOf(fleet));
}

/** The node that a choice makes of a tab. */
export function identityOf({ node, labels = {}, trust = [] }: FleetNodeChoice): NodeIdentity {
  return { name: node, labels, trust };
}

/** Whether an address is a loopback address, which needs no network. */
export function isLoopback(url: string | URL): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(hostname);
}

function refuse(message: string): CheckedUrl {
  return { ok: false, message };
}
