// Connects a command, or a node, to the state of its fleet.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Claim, type FleetStore, FleetStoreError } from "../../fleet/fleet_store.ts";
import { RECORD_FORMAT } from "../../fleet/rollout_record.ts";
import { connectOnce, describeNatsError, redactUrl } from "../../nats/connection.ts";
import type { BucketSettings } from "../../nats/fleet_buckets.ts";
import { openFleetStore } from "../../nats/fleet_store.ts";
import { codeOf, type Outcome } from "../../outcome.ts";
import type { CommonOptions, Environment } from "../command.ts";
import { credentialsFrom } from "../credentials.ts";
import { DEFAULT_URL } from "./ensure_server.ts";

/** Connects, and opens or makes the buckets. Throws `FleetStoreError` where they cannot be. */
export async function connectFleet(
  { nats }: CommonOptions,
  environment: Environment,
  settings: BucketSettings = {},
): Promise<Outcome<FleetStore, "no-connection">> {
  const credentials = await credentialsFrom(environment);
  if (!credentials.ok) return { ok: false, code: "no-connection", message: credentials.message };
  const url = nats ?? environment("NATS_URL") ?? DEFAULT_URL;
  try {
    const connection = await connectOnce({ url, credentials: credentials.credentials });
    return { ok: true, value: await openFleetStore(connection, settings) };
  } catch (error) {
    if (error instanceof FleetStoreError) throw error;
    const message = `Cannot reach ${redactUrl(url)}: ${describeNatsError(error)}`;
    return { ok: false, code: "no-connection", message };
  }
}

/** Who this command is, among other coordinators. */
export function operatorClaim(): Claim {
  return { format: RECORD_FORMAT, process: crypto.randomUUID(), home: "operator" };
}

const HOME_FILE = "node_id";

/** Who this node is: its data directory has an id, which it keeps when it is restarted. */
export async function nodeClaim(dataDir: string): Promise<Outcome<Claim, "no-home">> {
  const path = join(dataDir, HOME_FILE);
  const claim = (home: string): Outcome<Claim, "no-home"> => ({
    ok: true,
    value: { format: RECORD_FORMAT, process: crypto.randomUUID(), home },
  });
  try {
    await mkdir(dataDir, { recursive: true });
    const home = crypto.randomUUID();
    await writeFile(path, `${home}\n`, { flag: "wx" });
    return claim(home);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") {
      return { ok: false, code: "no-home", message: `Cannot write ${path}: ${codeOf(error)}` };
    }
  }
  try {
    return claim((await readFile(path, "utf8")).trim());
  } catch (error) {
    return { ok: false, code: "no-home", message: `Cannot read ${path}: ${codeOf(error)}` };
  }
}
