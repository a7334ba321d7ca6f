// The head of the page: engine, storage, fleet, NATS and theme. Runs in the browser.

import type { JSX } from "preact";
import type { SandboxState } from "../../browser/sandbox.ts";
import { formatFleetPlace, WHOLE_FLEET } from "../model/fleet_place.ts";
import { useStore } from "../state/store_context.ts";
import { Icon } from "./icon.tsx";
import { ThemeSwitch } from "./theme_switch.tsx";

const NATS_WORDS: Readonly<Record<SandboxState["nats"]["kind"], string>> = {
  off: "not connected",
  standby: "standby",
  connecting: "connecting",
  online: "online",
  offline: "offline",
  refused: "refused",
};

/** Name, engine, storage, fleet, NATS and theme. */
export function PageHeader(): JSX.Element {
  const store = useStore();
  const { engineVersion, storage, nats } = store.state.value;
  const needsLogin = store.needsLogin.value;
  return (
    <header class="page-header">
      <h1 class="brand">
        <Icon name="bird" />
        godwit <span class="brand-part">sandbox</span>
      </h1>
      <ul class="facts" aria-label="Sandbox">
        <li>
          {engineVersion !== null
            ? `SQLite ${engineVersion}`
            : store.startProblem.value === null
            ? "Starting SQLite …"
            : "Not started"}
        </li>
        {storage !== null && (
          <li>{storage.kind === "opfs" ? "Stored in this browser" : "In memory only"}</li>
        )}
      </ul>
      {store.fleet.value?.ok === true && (
        <a
          class="button nats-button"
          href={formatFleetPlace(WHOLE_FLEET)}
          aria-current={store.fleetPlace.value === null ? undefined : "page"}
        >
          Fleet
        </a>
      )}
      <button
        type="button"
        class="button nats-button"
        data-state={nats.kind}
        aria-haspopup="dialog"
        onClick={() => store.isNatsOpen.value = true}
      >
        <span class="dot" aria-hidden="true" />
        NATS: {needsLogin && nats.kind === "off" ? "login needed" : NATS_WORDS[nats.kind]}
      </button>
      <ThemeSwitch />
    </header>
  );
}
