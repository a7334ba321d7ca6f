// Whether a service takes requests, for health checks and metrics. Runs anywhere.

import type { ServiceObserver } from "./service_observer.ts";

/** The state of a service, as its observer has seen it. */
export class ServiceState
  implements Pick<ServiceObserver, "onServing" | "onOutage" | "onReturn" | "onStopping"> {
  #why: string | null = "the NATS server was not reached yet";
  #outages = 0;
  #isStopping = false;

  /** Why the service takes no requests; `null` where it takes them. */
  get whyNotServing(): string | null {
    return this.#why;
  }

  /** Whether the service takes requests. */
  get isUp(): boolean {
    return this.#why === null;
  }

  /** How often the server was lost. */
  get outages(): number {
    return this.#outages;
  }

  onServing(): void {
    this.#change(null);
  }

  onOutage(reason: string): void {
    if (this.isUp) this.#outages += 1;
    this.#change(`the NATS server cannot be reached: ${reason}`);
  }

  onReturn(): void {
    this.#change(null);
  }

  onStopping(): void {
    this.#change("the service is stopping");
    this.#isStopping = true;
  }

  #change(why: string | null): void {
    if (!this.#isStopping) this.#why = why;
  }
}
