// The interface of a plugin's page: `page.ts` beside its migrations, run in a sandboxed frame.
// Types alone.

import type { Verb } from "../../handler/dispatch.ts";
import type { Reply } from "../../message/reply.ts";

/** The connection of a plugin's page to its own database. */
export interface Godwit {
  /** The name of the plugin. */
  readonly plugin: string;
  /** Sends a request of the wire contract; `body` is its JSON value. There is always a reply. */
  request(verb: Verb, body: unknown): Promise<Reply>;
}

/** The export `start` of a plugin's page, called once with an empty element to fill. */
export type StartPage = (godwit: Godwit, root: HTMLElement) => void;
