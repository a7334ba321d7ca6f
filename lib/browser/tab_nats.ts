// Which NATS server a tab has chosen, and the service that follows the choice. For browsers.

import type { Outcome } from "../worker/session.ts";
import { whyNoConnection } from "./nats_choice.ts";
import type { NatsChoice, NatsState } from "./sandbox.ts";
import type { TabService } from "./tab_service.ts";
import type { WireRequests } from "./wire_requests.ts";

/** What a tab's service rests on. */
export interface TabNatsOptions {
  /** What it answers with; `null` while another tab owns the databases. */
  readonly wire: () => WireRequests | null;
  readonly onState: (state: NatsState) => void;
}

/** Each tab has a choice of its own; the owner's is in force, and a guest's stands by. */
export class TabNats {
  readonly #options: TabNatsOptions;
  #choice: NatsChoice | null = null;
  // What the service was last brought in line with, and the turns in which that happens.
  #settled: NatsChoice | null = null;
  #settling: Promise<void> = Promise.resolve();
  #service: TabService | null = null;

  constructor(options: TabNatsOptions) {
    this.#options = options;
  }

  /** Chooses a server; the service starts at once, or as soon as the tab is the owner. */
  async connect(choice: NatsChoice): Promise<Outcome<void>> {
    const problem = whyNoConnection(choice, location.protocol === "https:");
    if (problem !== null) return { ok: false, message: problem };
    this.#choice = choice;
    await this.#settle();
    return { ok: true, value: undefined };
  }

  /** Finishes what came over NATS, and chooses none. */
  async disconnect(): Promise<void> {
    this.#choice = null;
    await this.#settle();
  }

  /** The tab has become the owner: what was on standby begins. */
  async begin(): Promise<void> {
    this.#settled = null;
    await this.#settle();
  }

  /** What a guest says of its own choice; `null` where it has none. */
  get standby(): NatsState | null {
    return this.#choice === null ? null : { kind: "standby", url: this.#choice.url };
  }

  /**
   * Brings the service in line with what was chosen last. Changes take turns: a service that is still
   * being stopped, or code that is still being loaded, must not outlive a later choice.
   */
  #settle(): Promise<void> {
    this.#settling = this.#settling.then(async () => {
      const choice = this.#choice;
      if (choice === this.#settled) return;
      this.#settled = choice;
      const service = this.#service;
      this.#service = null;
      await service?.stop();
      // Whoever has changed their mind meanwhile waits for the next turn.
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
      // The larger part of what a tab loads is for whoever connects.
      const { startTabService } = await import("./tab_service.ts");
      // Somebody may have changed their mind meanwhile.
      if (this.#choice !== choice) return;
      this.#service = startTabService(choice, {
        served: wire,
        onState,
        onMessage: (message) => wire.tell(message),
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const reason = `the code for NATS cannot be loaded, so connect again later: ${why}`;
      onState({ kind: "refused", url, reason });
    }
  }
}
