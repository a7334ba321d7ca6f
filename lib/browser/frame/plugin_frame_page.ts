// Runs a plugin's page code and gives it `godwit`, its way to its own database. For the frame without
// an origin that the page opens; nothing else runs in it.

import * as v from "valibot";
import { DEFAULT_PREFIX, requestSubject } from "../../message/subject.ts";
import {
  FrameReplySchema,
  type FrameRequest,
  type FrameStart,
  FrameStartSchema,
} from "./frame_message.ts";

/** What a plugin's page code finds as the global `godwit`. */
export interface PluginGodwit {
  /** The plugin's name. */
  readonly plugin: string;
  /** Sends a request of the wire contract for this plugin; `body` is its JSON, its reply is the result. */
  request(verb: string, body?: unknown): Promise<unknown>;
}

withholdNetwork();
addEventListener("message", takeStart);

// WebRTC reaches any host, and no policy that browsers know keeps it from doing so.
function withholdNetwork(): void {
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel"]) {
    Reflect.deleteProperty(globalThis, name);
  }
}

function takeStart({ source, data, ports: [port] }: MessageEvent<unknown>): void {
  const start = v.safeParse(FrameStartSchema, data);
  if (source !== parent || !start.success || port === undefined) return;
  removeEventListener("message", takeStart);
  run(start.output, port);
}

async function run({ plugin, code }: FrameStart, port: MessagePort): Promise<void> {
  const godwit = Object.freeze(connect(plugin, port));
  Object.defineProperty(globalThis, "godwit", { value: godwit });
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    await import(url);
  } catch (error) {
    // Its author looks here first.
    document.body.textContent = `The plugin's page failed: ${error}`;
    throw error;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function connect(plugin: string, port: MessagePort): PluginGodwit {
  const waiting = new Map<number, (reply: unknown) => void>();
  let lastId = 0;
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const { id, payload } = v.parse(FrameReplySchema, data);
    if (id === null) return;
    waiting.get(id)?.(JSON.parse(payload));
    waiting.delete(id);
  };
  return {
    plugin,
    request(verb, body = {}) {
      const request: FrameRequest = {
        id: ++lastId,
        subject: requestSubject(DEFAULT_PREFIX, plugin, verb),
        payload: JSON.stringify(body),
      };
      return new Promise((resolve) => {
        waiting.set(request.id, resolve);
        port.postMessage(request);
      });
    },
  };
}
