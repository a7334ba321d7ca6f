// Loads a part of a worker's code that is not needed at its start. For browsers.

import { type Outcome, reasonOf } from "../../outcome.ts";

/**
 * Loads a part. It fails without a network, or where a newer version of the page has replaced it;
 * the next call tries again.
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Outcome<Part>> {
  try {
    return { ok: true, value: await load() };
  } catch (error) {
    const message = `A part of the page cannot be loaded: ${reasonOf(error)}; ` +
      `try again, or reload the page if there is a newer version of it`;
    return { ok: false, code: "not-loaded", message };
  }
}
