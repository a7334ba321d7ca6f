// The NATS server that a tab has chosen, its service there, and its part in a fleet. For browsers.

import { type Outcome, reasonOf } from "../../outcome.ts";
import type { OwnedSandbox } from "../owner/owned_sandbox.ts";
import type { FleetReading, NatsChoice, NatsState, NodeState } from "../sandbox.ts";
import type { TabFleet } from "./tab_fleet.ts";

/** What the service of a tab needs. */
export interface TabNatsOptions {
  /** What is served; `null` while another tab owns the databases. */
  readonly owned: () => Pick<OwnedSandbox, "wire" | "directory"> | null;
  readonly onState: (state: NatsState) => void;
  readonly onNode: (state: NodeState) => void;
  /** The fleet that was read has changed. */
  readonly onFleet: () => void;
}

/** What runs on a connection. */
interface Running {
  /** Finishes what it has begun. */
  stop(): Promise<void>;
}

/** Each tab has its own choice. That of the owner applies; that of a guest waits. */
export class TabNats {
  readonly #options: TabNatsOptions;
  #choice: NatsChoice | null = null;
  #turn = 0;
  // The choice that the service follows, and the queue in which it changes.
  #settled: NatsChoice | null = null;
  #settling: Promise<void> = Promise.resolve();
  #running: readonly Running[] = [];
  #fleet: TabFleet | null = null;
  readonly #looks = new Set<() => void>();

  constructor(options: TabNatsOptions) {
    this.#options = options;
  }

  /** Chooses a server. The service starts now, or when the tab becomes the owner. */
  async connect(choice: NatsChoice): Promise<Outcome<void>> {
    const turn = ++this.#turn;
    const problem = await whyNoConnection(choice);
    if (problem !== null) return { ok: false, code: "nats-choice", message: problem };
    await this.#choose(turn, choice);
    return { ok: true, value: undefined };
  }

  /** Answers the requests that NATS has delivered, and stops the service. */
  async disconnect(): Promise<void> {
    await this.#choose(++this.#turn, null);
  }

  /** A call that came later is in force, also where its choice took less time to check. */
  #choose(turn: number, choice: NatsChoice | null): Promise<void> {
    if (turn !== this.#turn) return this.#settling;
    this.#choice = choice;
    return this.#settle();
  }

  /** Starts the service when the tab has become the owner. */
  async begin(): Promise<void> {
    this.#settled = null;
    await this.#settle();
  }

  /** Reads the fleet on the server. */
  async fleet(): Promise<Outcome<FleetReading>> {
    return await this.#fleet?.read() ?? {
      ok: false,
      code: "not-connected",
      message: "The tab that has the databases is not connected to NATS",
    };
  }

  /** Tells a node that databases or files have changed. */
  changed(): void {
    for (const look of this.#looks) look();
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
      await this.#stop();
      // A later choice is next in the queue.
      if (choice !== this.#choice) return;
      if (choice === null) this.#options.onState({ kind: "off" });
      else await this.#serve(choice);
    });
    return this.#settling;
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    if (running.length === 0) return;
    this.#running = [];
    this.#fleet = null;
    await Promise.all(running.map((each) => each.stop()));
    this.#options.onNode({ kind: "off" });
  }

  async #serve(choice: NatsChoice): Promise<void> {
    const { url, fleet } = choice;
    const { onState } = this.#options;
    const owned = this.#options.owned();
    if (owned === null) return onState({ kind: "standby", url });
    const { wire, directory } = owned;
    onState({ kind: "connecting", url, reason: null });
    try {
      // NATS is most of the code of a tab, so load it on the first connection.
      const { startTabService, startTabNode, tabFleet } = await import("./connected.ts");
      // The choice may have changed in the meantime.
      if (this.#choice !== choice) return;
      const service = startTabService(choice, {
        served: wire,
        onState,
        onMessage: (message) => wire.tell(message),
      });
      const view = tabFleet(choice, this.#options.onFleet);
      this.#fleet = view;
      this.#running = [service, view];
      if (fleet === undefined) return;
      const onNode = (state: NodeState): void => {
        this.#options.onNode(state);
        // Under the name that it cannot have, requests may be meant for another node.
        if (state.kind === "refused") void service.stop().then(() => this.#refuse(choice, state));
      };
      const followChanges = (look: () => void): () => void => {
        this.#looks.add(look);
        return () => this.#looks.delete(look);
      };
      const node = { context: wire.context, directory, onState: onNode, followChanges };
      this.#running = [...this.#running, startTabNode(choice, fleet, node)];
    } catch (error) {
      onState({ kind: "refused", url, reason: notLoaded(error) });
    }
  }

  #refuse(choice: NatsChoice, { reason }: Extract<NodeState, { kind: "refused" }>): void {
    if (this.#choice !== choice) return;
    const why = `this tab cannot be a node of the fleet: ${reason}`;
    this.#options.onState({ kind: "refused", url: choice.url, reason: why });
  }
}

async function whyNoConnection(choice: NatsChoice): Promise<string | null> {
  try {
    const connected = await import("./connected.ts");
    return connected.whyNoConnection(choice, location.protocol === "https:");
  } catch (error) {
    return notLoaded(error);
  }
}

function notLoaded(error: unknown): string {
  return `The code for NATS cannot be loaded; connect again later: ${reasonOf(error)}`;
}
