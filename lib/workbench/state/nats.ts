// Connects the tab to NATS, and comes back to it. Credentials are passed on and never stored. Runs in
// the browser.

import * as v from "valibot";
import type { NatsLogin } from "../../browser/sandbox.ts";
import { DEFAULT_PREFIX, isPrefix } from "../../message/subject.ts";
import { checkNatsUrl } from "../../browser/nats_choice.ts";
import { NO_NODE, type NodeFields, readNodeFields } from "../model/node_fields.ts";
import { readJson } from "../model/kept_json.ts";
import { recall, remember } from "./remembered.ts";
import type { Store } from "./store.ts";

const REMEMBERED = "godwit.nats";

/** The last address, prefix and node, without credentials. */
export interface RememberedNats {
  readonly url: string;
  readonly prefix: string;
  /** The node that the tab is in a fleet. */
  readonly node: NodeFields;
  /** What to do with it after a reload, and in the tab that takes over. */
  readonly connection: "off" | "on" | "needs-login";
}

const FALLBACK: RememberedNats = {
  url: "ws://127.0.0.1:8080",
  prefix: DEFAULT_PREFIX,
  node: NO_NODE,
  connection: "off",
};

const RememberedSchema: v.GenericSchema<unknown, RememberedNats> = v.object({
  url: v.pipe(v.string(), v.check((url) => checkNatsUrl(url, false).ok)),
  prefix: v.pipe(v.string(), v.check(isPrefix)),
  node: v.optional(
    v.object({ name: v.string(), labels: v.string(), trust: v.string() }),
    NO_NODE,
  ),
  connection: v.optional(v.picklist(["off", "on", "needs-login"]), "off"),
});

/** Connects. Returns why it cannot, or `null`. */
export async function connectNats(
  store: Store,
  choice: Omit<RememberedNats, "connection">,
  login: NatsLogin,
): Promise<string | null> {
  const checked = checkNatsUrl(choice.url, location.protocol === "https:");
  if (!checked.ok) return checked.message;
  const sandbox = store.sandbox.value;
  if (sandbox === null) return "The sandbox is not open yet; wait a moment";
  const { url } = checked;
  const { prefix, node } = choice;
  const read = readNodeFields(node);
  if (!read.ok) return read.message;
  const fleet = read.value === null ? {} : { fleet: read.value };
  const connected = await sandbox.connectNats({ url, prefix, login, ...fleet });
  if (!connected.ok) return connected.message;
  store.needsLogin.value = false;
  keep({ url, prefix, node, connection: login.kind === "none" ? "on" : "needs-login" });
  return null;
}

/** Disconnects, also for the next visit. */
export async function disconnectNats(store: Store): Promise<void> {
  const { role, nats } = store.state.value;
  if (role === "guest" && nats.kind !== "standby") {
    store.said.value = "The tab that owns the databases is connected; disconnect it there";
    return;
  }
  keep({ ...rememberedNats(), connection: "off" });
  store.needsLogin.value = false;
  await store.sandbox.value?.disconnectNats();
}

/**
 * Connects again as before a reload, or as the tab that owned the databases before. A login is not
 * kept, so where one was needed the user has to enter it.
 */
export async function resumeNats(store: Store): Promise<void> {
  const remembered = rememberedNats();
  store.needsLogin.value = remembered.connection === "needs-login";
  if (remembered.connection !== "on") return;
  const problem = await connectNats(store, remembered, { kind: "none" });
  if (problem !== null) store.said.value = `NATS: ${problem}`;
}

/** The last address, prefix and node, or those of a nats-server on this machine. */
export function rememberedNats(): RememberedNats {
  return readJson(RememberedSchema, recall(REMEMBERED) ?? "") ?? FALLBACK;
}

function keep(remembered: RememberedNats): void {
  remember(REMEMBERED, JSON.stringify(remembered));
}
