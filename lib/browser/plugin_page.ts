// What a plugin's own page code sees: `page.ts` beside its migrations, run in a sandboxed frame. Types alone.

import type { Verb } from "../message/verbs.ts";
import type { Reply } from "../message/any_reply.ts";

/** The plugin's way to its own database, and to nothing else. */
export interface Godwit {
  /** The name of the plugin. */
  readonly plugin: string;
  /** Sends a request of the wire contract; `body` becomes JSON. There is always a reply. */
  request(verb: Verb, body: unknown): Promise<Reply>;
}

/** The export `start` of a plugin's page: called once, with an empty element that is its own. */
export type StartPage = (godwit: Godwit, root: HTMLElement) => void;
