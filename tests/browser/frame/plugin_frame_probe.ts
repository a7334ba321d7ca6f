// A page that hosts plugins' page code, without the sandbox behind it: for plugin_frame_test.ts.

import { openPluginFrame, type PluginFrame } from "../../../lib/browser/page/plugin_frame.ts";
import type { Sandbox } from "../../../lib/browser/sandbox.ts";
import { failureReply, withVerb } from "../../../lib/handler/failure.ts";

/** What a test can do with this page. */
export interface Probe {
  /** Opens a frame with the code that the server has at `page`. */
  open(plugin: string, page: string): void;
  close(): void;
  /** Lets the requests be answered that were held back. */
  release(): void;
  /** The requests that got through to the sandbox, as `verb plugin payload via`. */
  readonly requests: string[];
  /** Why frames were ended. */
  readonly stopped: string[];
}

declare global {
  var probe: Probe;
}

const held = Promise.withResolvers<void>();
const requests: string[] = [];
const stopped: string[] = [];
let frame: PluginFrame | null = null;

const sandbox: Pick<Sandbox, "request"> = {
  async request(verb, plugin, payload, via) {
    requests.push(`${verb} ${plugin} ${payload} ${via}`);
    if (payload.includes("hold")) await held.promise;
    if (payload.includes("throw")) throw new Error("the worker is gone");
    const message = `This is the probe, asked for ${verb}`;
    return withVerb(verb, failureReply("INVALID_REQUEST", plugin, message));
  },
};

globalThis.probe = {
  requests,
  stopped,
  open(plugin, page) {
    frame = openPluginFrame({
      plugin,
      page: new URL(page, location.href),
      frameUrl: new URL("plugin_frame.html", location.href),
      parent: document.body,
      sandbox,
      onStopped: (reason) => stopped.push(reason),
    });
  },
  close() {
    frame?.[Symbol.dispose]();
  },
  release: held.resolve,
};
