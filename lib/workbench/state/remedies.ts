// Loads what the documentation says about findings, when the first one is explained. Runs in the
// browser.

import { type ReadonlySignal, signal } from "@preact/signals";
import { type Outcome, reasonOf } from "../../outcome.ts";
import { readJson } from "../model/kept_json.ts";
import { type Remedies, RemediesSchema } from "../model/remedy.ts";

const FILE = "remedies.json";

const remedies = signal<Outcome<Remedies> | null>(null);
let isLoading = false;

/** The explanations; `null` while they are loaded. A failure is tried again by the next call. */
export function loadRemedies(): ReadonlySignal<Outcome<Remedies> | null> {
  if (!isLoading && remedies.peek()?.ok !== true) {
    isLoading = true;
    void load().then((loaded) => {
      isLoading = false;
      remedies.value = loaded;
    });
  }
  return remedies;
}

async function load(): Promise<Outcome<Remedies>> {
  try {
    const response = await fetch(new URL(FILE, document.baseURI));
    if (!response.ok) return failed(String(response.status));
    const read = readJson(RemediesSchema, await response.text());
    return read === null ? failed("it is not of this build") : { ok: true, value: read };
  } catch (error) {
    return failed(reasonOf(error));
  }
}

function failed(reason: string): Outcome<Remedies> {
  return { ok: false, code: "not-loaded", message: `${FILE} cannot be loaded: ${reason}` };
}
