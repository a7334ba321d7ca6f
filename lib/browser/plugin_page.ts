// What a plugin's own page code sees: `page.ts` beside its migrations, run in a sandboxed frame. Types alone.

import type { Verb, WireMessages } from "../message/verbs.ts";
import type { Reply } from "../message/any_reply.ts";

/** The plugin's way to its own database, and to nothing else. */
export interface Godwit {
  /** The name of the plugin. */
  readonly plugin: string;
  /** Sends a request of the wire contract. There is always a reply. */
  request<V extends Verb>(verb: V, request?: WireMessages[V]["request"]): Promise<Reply<V>>;
}

/** The export `start` of a plugin's page: called once, with an empty element that is its own. */
export type StartPage = (godwit: Godwit, root: HTMLElement) => void;
