// Runs a plugin's page code in a frame that reaches the plugin's own database and nothing else. For
// the page that holds the frame.

import { answerRequest, tooMany } from "./answer_request.ts";
import type { FrameStart } from "../frame/frame_message.ts";
import { messageBudget } from "./message_budget.ts";
import type { Sandbox } from "../sandbox.ts";

/** How a page opens a frame. */
export interface PluginFrameOptions {
  /** The name of the plugin. */
  readonly plugin: string;
  /** The address of the plugin's page code. The page's policy allows its own origin only. */
  readonly page: string | URL;
  /** The address of `plugin_frame.html`, which is served with headers of its own. */
  readonly frameUrl: string | URL;
  /** The element to append the frame to. */
  readonly parent: Element;
  /** Answers the requests of the frame. */
  readonly sandbox: Pick<Sandbox, "request">;
  /** Called once if the frame is stopped before it is closed; `reason` is a sentence for users. */
  readonly onStopped?: (reason: string) => void;
}

/** A frame with a plugin's page code. Disposing of it removes the frame and closes its port. */
export interface PluginFrame extends Disposable {
  /** The frame. */
  readonly element: HTMLIFrameElement;
}

/** The most requests of one frame that wait for their replies at a time. */
const MAX_WAITING = 16;

/** The most characters of page code, which the user waits for. */
const MAX_CODE_LENGTH = 2_000_000;

/**
 * Opens a frame without an origin. Its code has no storage, no network and no access to the page,
 * only a port that accepts requests of the wire contract for its own plugin. The frame is stopped
 * if it sends more than 200 messages at once or 100 a second, or if it navigates to another page.
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
    if (isStarted) return stop(`The page of "${plugin}" navigated away, and was stopped`);
    isStarted = true;
    const fetched = await code;
    if (!fetched.ok) return stop(`The page of "${plugin}" ${fetched.reason}`);
    if (opened.signal.aborted) return;
    const start: FrameStart = { kind: "godwit-plugin-frame", plugin, code: fetched.text };
    // A frame without an origin cannot be addressed by its origin.
    element.contentWindow?.postMessage(start, "*", [frameEnd]);
  });
  answerPort(port, options, () => stop(`The page of "${plugin}" sent too many messages`));

  // Set before the frame is in the document; otherwise its first page would load without the
  // sandbox.
  element.sandbox.add("allow-scripts");
  element.referrerPolicy = "no-referrer";
  element.title = `Page of the plugin ${plugin}`;
  element.src = String(options.frameUrl);
  parent.append(element);
  return { element, [Symbol.dispose]: close };
}

/** Sends one reply for each message, until there are too many. */
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
    return { ok: false, reason: "could not be fetched; check its address and the network" };
  }
}
