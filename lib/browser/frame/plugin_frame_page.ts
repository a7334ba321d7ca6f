// Starts a plugin's page code and connects it to its own database. Runs in the frame without an
// origin.

import * as v from "valibot";
import { DEFAULT_PREFIX, requestSubject } from "../../message/subject.ts";
import type { Verb, WireMessages } from "../../message/verbs.ts";
import type { Reply } from "../../message/any_reply.ts";
import type { Godwit, StartPage } from "./plugin_page.ts";
import {
  FrameReplySchema,
  type FrameRequest,
  type FrameStart,
  FrameStartSchema,
  replyText,
} from "./frame_message.ts";

const PageModuleSchema = v.custom<{ readonly start: StartPage }>(
  (module) => typeof module === "object" && module !== null && "start" in module,
  "the module does not export start()",
);

withholdNetwork();
addEventListener("message", takeStart);

// WebRTC connects to any host, and no policy that browsers implement prevents it.
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
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const root = document.body.appendChild(document.createElement("main"));
  try {
    const { start } = v.parse(PageModuleSchema, await import(url));
    await start(Object.freeze(connect(plugin, port)), root);
  } catch (error) {
    // The author of the page looks here first.
    root.textContent = `The plugin's page failed: ${error}`;
    throw error;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function connect(plugin: string, port: MessagePort): Godwit {
  const waiting = new Map<number, (payload: string) => void>();
  let lastId = 0;
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const { id, payload } = v.parse(FrameReplySchema, data);
    if (id === null) return;
    waiting.get(id)?.(payload);
    waiting.delete(id);
  };
  return {
    plugin,
    request<V extends Verb>(verb: V, request: WireMessages[V]["request"] = {}): Promise<Reply<V>> {
      const message: FrameRequest = {
        id: ++lastId,
        subject: requestSubject(DEFAULT_PREFIX, plugin, verb),
        payload: JSON.stringify(request),
      };
      return new Promise((resolve) => {
        waiting.set(message.id, (payload) => resolve(v.parse(replyText<V>(), payload)));
        port.postMessage(message);
      });
    },
  };
}
