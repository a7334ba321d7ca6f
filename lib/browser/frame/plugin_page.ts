// The interface of a plugin's page: `page.ts` beside its migrations, run in a sandboxed frame.
// Types alone.

import type { Reply } from "../../message/any_reply.ts";
import type { Verb, WireMessages } from "../../message/verbs.ts";

/** The connection of a plugin's page to its own database. */
export interface Godwit {
  /** The name of the plugin. */
  readonly plugin: string;
  /** Sends a request of the wire contract. There is always a reply. */
  request<V extends Verb>(verb: V, request?: WireMessages[V]["request"]): Promise<Reply<V>>;
}

/** The export `start` of a plugin's page, called once with an empty element to fill. */
export type StartPage = (godwit: Godwit, root: HTMLElement) => void;
