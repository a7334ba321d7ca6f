// The fleet view, whose code is loaded when it is first shown. Runs in the browser.

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Outcome } from "../../outcome.ts";
import type { FleetPlace } from "../model/fleet_place.ts";
import { Unloaded } from "./unloaded.tsx";

type FleetView = typeof import("./fleet_view.tsx").FleetView;

const part = signal<Outcome<FleetView> | null>(null);

/** The view, once it is loaded. */
export function FleetPart({ place }: { readonly place: FleetPlace }): JSX.Element {
  useEffect(() => void load(), []);
  const loaded = part.value;
  if (loaded === null) return <p class="quiet page-waiting">Opening the fleet …</p>;
  if (!loaded.ok) return <Unloaded message={loaded.message} />;
  const View = loaded.value;
  return <View place={place} />;
}

async function load(): Promise<void> {
  if (part.value?.ok === true) return;
  try {
    part.value = { ok: true, value: (await import("./fleet_view.tsx")).FleetView };
  } catch (error) {
    console.warn(error);
    const message = "The fleet view cannot be loaded from the server of this page";
    part.value = { ok: false, code: "not-loaded", message };
  }
}
