// How the tabs of a sandbox talk to each other: BroadcastChannels, which every tab of the origin hears.
// For browsers.

import * as Comlink from "comlink";
import type { SandboxEvent, SandboxState } from "../sandbox.ts";
import type { SandboxCalls } from "../sandbox_calls.ts";

/** What an owner says of itself. */
export interface OwnerPresence {
  /** Another for each tab, and for each time that a tab becomes the owner. */
  readonly id: string;
  readonly state: Pick<SandboxState, "storage" | "engineVersion" | "nats">;
}

type Notice =
  /** A guest asks who the owner is. */
  | { readonly kind: "who" }
  | { readonly kind: "owner"; readonly presence: OwnerPresence }
  | { readonly kind: "event"; readonly event: SandboxEvent };

/** What is heard from the others. */
export interface ChannelListener {
  onWho(): void;
  onOwner(presence: OwnerPresence): void;
  onEvent(event: SandboxEvent): void;
}

/** The channels of one sandbox. */
export class TabChannel {
  readonly #notices: BroadcastChannel;
  readonly #calls: BroadcastChannel;
  // One for as long as the tab lives: once Comlink's proxies are collected, it tells the other end to
  // answer no more, and on a channel that is every other end.
  readonly #remote: Comlink.Remote<SandboxCalls>;
  readonly #endpoint: Comlink.Endpoint;
  #isCallable = true;

  constructor(name: string, listener: ChannelListener) {
    this.#notices = new BroadcastChannel(`godwit:${name}:notices`);
    this.#calls = new BroadcastChannel(`godwit:${name}:calls`);
    this.#endpoint = this.#endpointOf(this.#calls);
    this.#remote = Comlink.wrap<SandboxCalls>(this.#endpoint);
    // Only pages of this origin can post here, and all of them run this code.
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

  tell(event: SandboxEvent): void {
    this.#post({ kind: "event", event });
  }

  /** Answers the calls of other tabs from now on. */
  answer(calls: SandboxCalls): void {
    Comlink.expose(calls, this.#endpoint);
  }

  /** The owner's calls; none is answered while there is no owner, or when it closes meanwhile. */
  remote(): Comlink.Remote<SandboxCalls> {
    return this.#remote;
  }

  /** Neither asks nor answers from now on; what is answered later is told to nobody. */
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

  // Every message has an id that whoever did not ask ignores, so one channel serves all tabs. A channel
  // transfers nothing: what is sent is copied.
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
