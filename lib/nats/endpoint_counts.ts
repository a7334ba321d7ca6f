// Counts the requests of an endpoint for `$SRV.STATS`. nats.ws measures only how long a handler
// takes to return, and these return before the request is done.

import type { ErrorCode } from "../message/reply.ts";
import type { Verb } from "../message/verbs.ts";

/** The counts of an endpoint in the reply to `$SRV.STATS`. */
export interface EndpointSnapshot {
  readonly in_flight: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly last_error_code: ErrorCode | null;
  readonly average_ms: number;
  readonly longest_ms: number;
}

/** The `data` of an endpoint, with what is the same for every endpoint of a process. */
export interface EndpointData extends EndpointSnapshot {
  /** Threads inside an operation of SQLite that does not end; each takes a core. */
  readonly stuck_threads: number;
  /** The numbers of `/metrics` that belong to the endpoint; absent where there are none. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** The counts of a service's endpoints, from its begin and over all of its connections. */
export type ServiceCounts = (verb: Verb) => EndpointCounts;

/** Makes the counts of a service, all 0. */
export function serviceCounts(): ServiceCounts {
  const byVerb = new Map<Verb, EndpointCounts>();
  return (verb) => {
    const counts = byVerb.get(verb) ?? new EndpointCounts();
    byVerb.set(verb, counts);
    return counts;
  };
}

/** The counts of one endpoint. */
export class EndpointCounts {
  #inFlight = 0;
  #succeeded = 0;
  #failed = 0;
  #lastErrorCode: ErrorCode | null = null;
  #totalMs = 0;
  #longestMs = 0;

  /** A request begins. */
  begin(): void {
    this.#inFlight += 1;
  }

  /** A request has ended; `errorCode` is `null` where it succeeded. */
  end(errorCode: ErrorCode | null, ms: number): void {
    this.#inFlight -= 1;
    this.#totalMs += ms;
    this.#longestMs = Math.max(this.#longestMs, ms);
    if (errorCode === null) this.#succeeded += 1;
    else {
      this.#failed += 1;
      this.#lastErrorCode = errorCode;
    }
  }

  /** The counts at this moment. */
  snapshot(): EndpointSnapshot {
    const ended = this.#succeeded + this.#failed;
    return {
      in_flight: this.#inFlight,
      succeeded: this.#succeeded,
      failed: this.#failed,
      last_error_code: this.#lastErrorCode,
      average_ms: ended === 0 ? 0 : Math.round(this.#totalMs / ended),
      longest_ms: this.#longestMs,
    };
  }
}
