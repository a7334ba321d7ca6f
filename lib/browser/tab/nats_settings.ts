// How the connections of a tab log in. Runs anywhere.

import type { NatsSettings } from "../../nats/connection.ts";
import type { NatsChoice } from "../sandbox.ts";

/** The server and the credentials of a choice. */
export function settingsOf({ url, login }: NatsChoice): NatsSettings {
  return {
    url,
    credentials: login.kind === "creds"
      ? { kind: "creds", creds: new TextEncoder().encode(login.creds) }
      : login,
  };
}
