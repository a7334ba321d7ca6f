// Looks for the NATS server, its credentials and JetStream. For Deno.

import { redactUrl } from "../../nats/connection.ts";
import { serverFeatures } from "../../nats/server_features.ts";
import type { CommonOptions, Environment } from "../command.ts";
import { credentialsFrom } from "../credentials.ts";
import { type Diagnosis, fine, problem, warning } from "./diagnosis.ts";

const DEFAULT_URL = "ws://127.0.0.1:8080";

/** A server that nobody named need not be there; one that was named must be. */
export async function checkNats(
  { nats }: CommonOptions,
  environment: Environment,
): Promise<readonly Diagnosis[]> {
  const credentials = await credentialsFrom(environment);
  if (!credentials.ok) {
    return [problem("NATS", credentials.message, "See the credentials in godwit --help")];
  }
  const named = nats ?? environment("NATS_URL");
  const url = named ?? DEFAULT_URL;
  const found = await serverFeatures({ url, credentials: credentials.credentials });
  const at = redactUrl(url);
  if (!found.reached) {
    const message = `No server at ${at}: ${found.reason}`;
    return [
      named === undefined
        ? warning("NATS", message, "Only serve needs one; name it with --nats, or NATS_URL")
        : problem("NATS", message, "Start it, or name another with --nats"),
    ];
  }
  return [
    fine("NATS", `nats-server ${found.version} at ${at}`),
    found.jetStream ? fine("JetStream", "enabled") : warning(
      "JetStream",
      "not enabled for this login",
      "Only rollouts over many nodes need it; add jetstream {} to the server's configuration",
    ),
  ];
}
