// The channels between the tabs of a sandbox: BroadcastChannels, which reach every tab of the
// origin. For browsers.

import * as Comlink from "comlink";
import type { SandboxEvent, SandboxState } from "../sandbox.ts";
import type { SandboxCalls } from "../sandbox_calls.ts";

/** What the owner announces. */
export interface OwnerPresence {
  /** Unique for each time that a tab becomes the owner. */
  readonly id: string;
  readonly state: Omit<SandboxState, "role">;
}

type Notice =
  /** A guest asks which tab is the owner. */
  | { readonly kind: "who" }
  | { readonly kind: "owner"; readonly presence: OwnerPresence }
  | { readonly kind: "event"; readonly event: SandboxEvent };

/** The callbacks for messages of other tabs. */
export interface ChannelListener {
  onWho(): void;
  onOwner(presence: OwnerPresence): void;
  onEvent(event: SandboxEvent): void;
}

/** The channels of one sandbox. */
export class TabChannel {
  readonly #notices: BroadcastChannel;
  readonly #calls: BroadcastChannel;
  // One proxy for the lifetime of the tab: when a Comlink proxy is garbage collected, it makes the
  // other end stop answering, and on a channel that is every other tab.
  readonly #remote: Comlink.Remote<SandboxCalls>;
  readonly #endpoint: Comlink.Endpoint;
  #isCallable = true;

  constructor(name: string, listener: ChannelListener) {
    this.#notices = new BroadcastChannel(`godwit:${name}:notices`);
    this.#calls = new BroadcastChannel(`godwit:${name}:calls`);
    this.#endpoint = this.#endpointOf(this.#calls);
    this.#remote = Comlink.wrap<SandboxCalls>(this.#endpoint);
    // Only pages of this origin can post to the channel, and all of them run this code.
    this.#notices.onmessage = ({ data: notice }: MessageEvent<Notice>) => {
      switch (notice.kind) {
        case "who":
          return listener.onWho();
        case "owner":
          return listener.onOwner(notice.presence);
        case "event":
          return listener.onEvent(notice.event);
      }
      notice satisfies never;
    };
  }

  askWho(): void {
    this.#post({ kind: "who" });
  }

  announce(presence: OwnerPresence): void {
    this.#post({ kind: "owner", presence });
  }

  send(event: SandboxEvent): void {
    this.#post({ kind: "event", event });
  }

  /** Starts to answer the calls of other tabs. */
  answer(calls: SandboxCalls): void {
    Comlink.expose(calls, this.#endpoint);
  }

  /** The calls of the owner. A call gets no answer if there is no owner, or if the owner closes. */
  remote(): Comlink.Remote<SandboxCalls> {
    return this.#remote;
  }

  /** Stops sending and answering calls. Later answers are dropped. */
  closeCalls(): void {
    this.#isCallable = false;
    this.#calls.close();
  }

  close(): void {
    this.closeCalls();
    this.#notices.close();
  }

  #post(notice: Notice): void {
    this.#notices.postMessage(notice);
  }

  // Every message has an id, and a tab ignores ids that it did not send, so one channel serves all
  // tabs. A channel copies messages; it transfers nothing.
  #endpointOf(channel: BroadcastChannel): Comlink.Endpoint {
    return {
      postMessage: (message: unknown) => {
        if (this.#isCallable) channel.postMessage(message);
      },
      addEventListener: (type, listener) => channel.addEventListener(type, listener),
      removeEventListener: (type, listener) => channel.removeEventListener(type, listener),
    };
  }
}
