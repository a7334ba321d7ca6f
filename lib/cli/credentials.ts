// Reads NATS credentials from the environment. They are never logged.

import { codeOf } from "../outcome.ts";
import { readFile } from "node:fs/promises";
import type { Credentials } from "../nats/connection.ts";
import type { Environment } from "./command.ts";

/** Credentials, or why they cannot be read. */
export type ReadCredentials =
  | { readonly ok: true; readonly credentials: Credentials }
  | { readonly ok: false; readonly message: string };

/** Reads the first that is set: `NATS_CREDS`, `NATS_USER` with `NATS_PASSWORD`, `NATS_TOKEN`. */
export async function credentialsFrom(environment: Environment): Promise<ReadCredentials> {
  const file = environment("NATS_CREDS");
  if (file !== undefined) return await readCreds(file);
  const user = environment("NATS_USER");
  if (user !== undefined) {
    const password = environment("NATS_PASSWORD") ?? "";
    return { ok: true, credentials: { kind: "user", user, password } };
  }
  const token = environment("NATS_TOKEN");
  if (token !== undefined) return { ok: true, credentials: { kind: "token", token } };
  return { ok: true, credentials: { kind: "none" } };
}

async function readCreds(file: string): Promise<ReadCredentials> {
  let creds: Uint8Array;
  try {
    creds = await readFile(file);
  } catch (error) {
    return {
      ok: false,
      message: `Cannot read the file that NATS_CREDS names: ${file} (${codeOf(error)})`,
    };
  }
  const text = new TextDecoder().decode(creds);
  const parts = ["BEGIN NATS USER JWT", "BEGIN USER NKEY SEED"];
  return parts.every((part) => text.includes(part))
    ? { ok: true, credentials: { kind: "creds", creds } }
    : {
      ok: false,
      message: `The file that NATS_CREDS names is not a creds file with a user's JWT and key: ` +
        `${file}; make one with: nsc generate creds`,
    };
}
