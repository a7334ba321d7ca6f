// What errors of JetStream mean for a fleet, with their remedies.

import { ErrorCode, NatsError } from "nats.ws";
import { FleetStoreError } from "../fleet/fleet_store.ts";
import { describeNatsError } from "./connection.ts";

/** What a server needs in its configuration. */
export const JETSTREAM_CONFIG = 'jetstream { store_dir: "/var/lib/nats" }';

// https://github.com/nats-io/nats-server/blob/main/server/errors.json
const API = {
  notEnabled: [10039, 10076],
  streamNotFound: [10059],
  tooLarge: [10047, 10054, 10077, 10122, 10023, 10028],
  noPeers: [10005],
  wrongSequence: [10071],
} as const;

/** Returns whether another program has stored the key since it was read. */
export function isConflict(error: unknown): boolean {
  return isApiError(error, API.wrongSequence);
}

/** Turns any error of nats.ws into the one that a store throws. */
export function storeError(error: unknown): FleetStoreError {
  if (error instanceof FleetStoreError) return error;
  const reason = describeNatsError(error);
  if (isApiError(error, API.notEnabled) || hasNoResponder(error)) {
    return new FleetStoreError(
      "no-jetstream",
      `JetStream is not enabled on this NATS server, or not for this account, or has no leader ` +
        `yet; add to its configuration: ${JETSTREAM_CONFIG} (a cluster needs a server_name too)`,
    );
  }
  if (isApiError(error, API.streamNotFound)) {
    return new FleetStoreError(
      "no-bucket",
      `A bucket of the fleet is missing (${reason}); an operator makes it with: ` +
        `godwit fleet --nats URL`,
    );
  }
  if (isApiError(error, API.tooLarge) || isCode(error, ErrorCode.MaxPayloadExceeded)) {
    return new FleetStoreError(
      "too-large",
      `It exceeds what the bucket, the account or a message may have (${reason}); remove old ` +
        `bundles with: nats object ls godwit_bundles, or raise max_bytes of the bucket`,
    );
  }
  if (isApiError(error, API.noPeers)) {
    return new FleetStoreError(
      "unavailable",
      `The cluster has too few servers with JetStream (${reason}); start them, or make the ` +
        `buckets with fewer copies: godwit fleet --replicas 1`,
    );
  }
  if (isCode(error, ErrorCode.PermissionsViolation)) {
    return new FleetStoreError(
      "forbidden",
      `This user may not do that (${reason}); see examples/nats/fleet/permissions.conf`,
    );
  }
  return new FleetStoreError("unavailable", `The fleet cannot be reached: ${reason}`);
}

function isApiError(error: unknown, codes: readonly number[]): boolean {
  return error instanceof NatsError && codes.includes(error.api_error?.err_code ?? -1);
}

/**
 * Returns whether nothing listens on a subject of JetStream: it is not enabled, or a stream is gone.
 * An error of its API may have this code too.
 */
export function hasNoResponder(error: unknown): boolean {
  return isCode(error, ErrorCode.NoResponders) &&
    (error instanceof NatsError && error.api_error === undefined);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof NatsError && error.code === code;
}
