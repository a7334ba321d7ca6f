// Shows the fleet, and reads it again when it has changed. Runs in the browser.

import { computed, effect } from "@preact/signals";
import { type FleetPlace, formatFleetPlace } from "../model/fleet_place.ts";
import type { Store } from "./store.ts";

// A fleet that is read less often than once in a minute is not followed.
const READ_EVERY_MS = 20_000;

/** Shows a place of the fleet, and writes its address. */
export function showFleet(store: Store, place: FleetPlace): void {
  const hash = formatFleetPlace(place);
  if (hash !== location.hash) {
    if (store.fleetPlace.value === null) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }
  arriveAtFleet(store, place);
}

/** Shows a place that is in the address. */
export function arriveAtFleet(store: Store, place: FleetPlace): void {
  store.shared.value = null;
  store.fleetPlace.value = place;
}

/**
 * Reads the fleet once the owner is online, so that the page can say whether there is one, and
 * follows it while it is shown.
 */
export function followFleet(store: Store): void {
  const nats = computed(() => store.state.value.nats.kind);
  effect(() => {
    if (store.sandbox.value === null) return;
    // What was read stays while the connection is lost.
    if (nats.value === "online") void readFleet(store);
    else if (nats.value !== "offline") store.fleet.value = null;
  });
  effect(() => {
    if (store.sandbox.value === null || store.fleetPlace.value === null) return;
    void readFleet(store);
    const timer = setInterval(() => void readFleet(store), READ_EVERY_MS);
    return () => clearInterval(timer);
  });
}

/** Reads the fleet again where it is shown. */
export function fleetChanged(store: Store): void {
  if (store.fleetPlace.peek() !== null) void readFleet(store);
}

let latest = 0;

async function readFleet(store: Store): Promise<void> {
  const own = ++latest;
  const reading = await store.sandbox.peek()?.fleet();
  if (reading !== undefined && own === latest) store.fleet.value = reading;
}
