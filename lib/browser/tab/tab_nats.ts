// The NATS server that a tab has chosen, and its service there. For browsers.

import { type Outcome, reasonOf } from "../../outcome.ts";
import { whyNoConnection } from "../nats_choice.ts";
import type { NatsChoice, NatsState } from "../sandbox.ts";
import type { TabService } from "./tab_service.ts";
import type { WireRequests } from "../owner/wire_requests.ts";

/** What the service of a tab needs. */
export interface TabNatsOptions {
  /** Answers requests; `null` while another tab owns the databases. */
  readonly wire: () => WireRequests | null;
  readonly onState: (state: NatsState) => void;
}

/** Each tab has its own choice. That of the owner applies; that of a guest waits. */
export class TabNats {
  readonly #options: TabNatsOptions;
  #choice: NatsChoice | null = null;
  // The choice that the service follows, and the queue in which it changes.
  #settled: NatsChoice | null = null;
  #settling: Promise<void> = Promise.resolve();
  #service: TabService | null = null;

  constructor(options: TabNatsOptions) {
    this.#options = options;
  }

  /** Chooses a server. The service starts now, or when the tab becomes the owner. */
  async connect(choice: NatsChoice): Promise<Outcome<void>> {
    const problem = whyNoConnection(choice, location.protocol === "https:");
    if (problem !== null) return { ok: false, code: "nats-choice", message: problem };
    this.#choice = choice;
    await this.#settle();
    return { ok: true, value: undefined };
  }

  /** Answers the requests that NATS has delivered, and stops the service. */
  async disconnect(): Promise<void> {
    this.#choice = null;
    await this.#settle();
  }

  /** Starts the service when the tab has become the owner. */
  async begin(): Promise<void> {
    this.#settled = null;
    await this.#settle();
  }

  /** The state of a guest's choice; `null` if it has none. */
  get standby(): NatsState | null {
    return this.#choice === null ? null : { kind: "standby", url: this.#choice.url };
  }

  /**
   * Makes the service follow the last choice. Changes are queued, because a service that is still
   * stopping, or code that is still loading, must not outlive a later choice.
   */
  #settle(): Promise<void> {
    this.#settling = this.#settling.then(async () => {
      const choice = this.#choice;
      if (choice === this.#settled) return;
      this.#settled = choice;
      const service = this.#service;
      this.#service = null;
      await service?.stop();
      // A later choice is next in the queue.
      if (choice !== this.#choice) return;
      if (choice === null) this.#options.onState({ kind: "off" });
      else await this.#serve(choice);
    });
    return this.#settling;
  }

  async #serve(choice: NatsChoice): Promise<void> {
    const { url } = choice;
    const { onState } = this.#options;
    const wire = this.#options.wire();
    if (wire === null) return onState({ kind: "standby", url });
    onState({ kind: "connecting", url, reason: null });
    try {
      // NATS is most of the code of a tab, so load it on the first connection.
      const { startTabService } = await import("./tab_service.ts");
      // The choice may have changed in the meantime.
      if (this.#choice !== choice) return;
      this.#service = startTabService(choice, {
        served: wire,
        onState,
        onMessage: (message) => wire.tell(message),
      });
    } catch (error) {
      const reason = `the code for NATS cannot be loaded; connect again later: ${reasonOf(error)}`;
      onState({ kind: "refused", url, reason });
    }
  }
}
