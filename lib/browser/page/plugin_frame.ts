// Runs a plugin's page code in a frame that reaches nothing but its own plugin's database. For the page
// that hosts it.

import { answerRequest, tooMany } from "./answer_request.ts";
import type { FrameStart } from "../frame/frame_message.ts";
import { messageBudget } from "./message_budget.ts";
import type { Sandbox } from "../sandbox.ts";

/** What a frame is opened for. */
export interface PluginFrameOptions {
  readonly plugin: string;
  /** Where the plugin's page code is; of this page's origin, for its policy allows no other. */
  readonly page: string | URL;
  /** `plugin_frame.html` of the build, with the headers of its own that it needs. */
  readonly frameUrl: string | URL;
  /** Where the frame is put. */
  readonly parent: Element;
  readonly sandbox: Pick<Sandbox, "request">;
  /** Called once, where the frame ends before it is closed; `reason` is a sentence for people. */
  readonly onStopped?: (reason: string) => void;
}

/** A frame with a plugin's page code. Disposing of it ends the code and its port. */
export interface PluginFrame extends Disposable {
  readonly element: HTMLIFrameElement;
}

/** Requests of one frame that may be without a reply at a time. */
const MAX_WAITING = 16;

/** The largest page code; it is one file, and a person waits for it. */
const MAX_CODE_LENGTH = 2_000_000;

/**
 * Opens a frame without an origin: its code has no storage, no network and no way to the page, only a
 * port that takes requests of the wire contract for its own plugin. A frame that sends more messages
 * than a person's hands could cause, or that leaves its page, is ended.
 * https://html.spec.whatwg.org/multipage/iframe-embed-object.html#attr-iframe-sandbox
 */
export function openPluginFrame(options: PluginFrameOptions): PluginFrame {
  const { plugin, parent, onStopped } = options;
  const element = document.createElement("iframe");
  const { port1: port, port2: frameEnd } = new MessageChannel();
  const opened = new AbortController();

  function close(): void {
    opened.abort();
    port.close();
    element.remove();
  }

  function stop(reason: string): void {
    if (opened.signal.aborted) return;
    close();
    onStopped?.(reason);
  }

  const code = fetchCode(options.page, opened.signal);
  let isStarted = false;
  element.addEventListener("load", async () => {
    if (isStarted) return stop(`The page of "${plugin}" went elsewhere, and was ended`);
    isStarted = true;
    const fetched = await code;
    if (!fetched.ok) return stop(`The page of "${plugin}" ${fetched.reason}`);
    if (opened.signal.aborted) return;
    const start: FrameStart = { kind: "godwit-plugin-frame", plugin, code: fetched.text };
    // A frame without an origin cannot be named as a target.
    element.contentWindow?.postMessage(start, "*", [frameEnd]);
  });
  answerPort(port, options, () => stop(`The page of "${plugin}" sent too many messages`));

  // Before it is in the document, or the first page would load without it.
  element.sandbox.add("allow-scripts");
  element.referrerPolicy = "no-referrer";
  element.title = `Page of the plugin ${plugin}`;
  element.src = String(options.frameUrl);
  parent.append(element);
  return { element, [Symbol.dispose]: close };
}

/** Gives every message one reply, until there are too many. */
function answerPort(
  port: MessagePort,
  { plugin, sandbox }: PluginFrameOptions,
  onFlood: () => void,
): void {
  const budget = messageBudget(performance.now());
  let waiting = 0;
  port.onmessage = async ({ data }: MessageEvent<unknown>) => {
    if (!budget.spend(performance.now())) return onFlood();
    if (waiting >= MAX_WAITING) return port.postMessage(tooMany(data, plugin, MAX_WAITING));
    waiting += 1;
    const reply = await answerRequest(data, plugin, sandbox);
    waiting -= 1;
    port.postMessage(reply);
  };
}

type Fetched =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string };

async function fetchCode(url: string | URL, signal: AbortSignal): Promise<Fetched> {
  try {
    const response = await fetch(url, { signal, credentials: "omit", cache: "no-cache" });
    if (!response.ok) return { ok: false, reason: `was not found (${response.status})` };
    const text = await response.text();
    if (text.length > MAX_CODE_LENGTH) {
      return { ok: false, reason: `is larger than ${MAX_CODE_LENGTH} characters; make it smaller` };
    }
    return { ok: true, text };
  } catch {
    return { ok: false, reason: "could not be fetched; look at its address and the network" };
  }
}
