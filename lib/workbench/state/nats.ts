// Connects the tab to NATS. Credentials are passed on and never stored. Runs in the browser.

import type { NatsLogin } from "../../browser/sandbox.ts";
import { DEFAULT_PREFIX, isPrefix } from "../../message/subject.ts";
import { checkNatsUrl } from "../../browser/nats_choice.ts";
import { recall, remember } from "./remembered.ts";
import type { Store } from "./store.ts";

const REMEMBERED = "godwit.nats";

/** The last address and prefix, without credentials. */
export interface RememberedNats {
  readonly url: string;
  readonly prefix: string;
}

/** Connects. Returns why it cannot, or `null`. */
export async function connectNats(
  store: Store,
  choice: RememberedNats,
  login: NatsLogin,
): Promise<string | null> {
  const checked = checkNatsUrl(choice.url, location.protocol === "https:");
  if (!checked.ok) return checked.message;
  const sandbox = store.sandbox.value;
  if (sandbox === null) return "The sandbox is not open yet; wait a moment";
  const { url } = checked;
  const connected = await sandbox.connectNats({ url, prefix: choice.prefix, login });
  if (!connected.ok) return connected.message;
  remember(REMEMBERED, JSON.stringify({ url, prefix: choice.prefix }));
  return null;
}

/** Disconnects. */
export async function disconnectNats(store: Store): Promise<void> {
  await store.sandbox.value?.disconnectNats();
}

/** The last address and prefix, or those of a nats-server on this machine. */
export function rememberedNats(): RememberedNats {
  const fallback = { url: "ws://127.0.0.1:8080", prefix: DEFAULT_PREFIX };
  try {
    const value: unknown = JSON.parse(recall(REMEMBERED) ?? "null");
    if (typeof value !== "object" || value === null) return fallback;
    const url = "url" in value && typeof value.url === "string" ? value.url : "";
    const prefix = "prefix" in value && typeof value.prefix === "string" ? value.prefix : "";
    return checkNatsUrl(url, false).ok && isPrefix(prefix) ? { url, prefix } : fallback;
  } catch {
    return fallback;
  }
}
