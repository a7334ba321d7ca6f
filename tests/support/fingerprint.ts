// Tells whether a file was left as it was.

import { createHash } from "node:crypto";

/** SHA-256 of a file's bytes; "missing" where there is none. */
export function fingerprint(path: string): string {
  try {
    return createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw error;
  }
}
