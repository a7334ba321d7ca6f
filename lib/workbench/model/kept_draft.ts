// A file of the playground, as it is kept in the browser. Pure; runs anywhere.

import * as v from "valibot";
import { readJson } from "./kept_json.ts";

/** What is kept of it. */
export interface KeptDraft {
  /** The name of the file. */
  readonly file: string;
  readonly text: string;
}

const KeptDraftSchema = v.object({ file: v.string(), text: v.string() });

/** Writes what `parseKeptDraft()` reads. */
export function formatKeptDraft({ file, text }: KeptDraft): string {
  return JSON.stringify({ file, text });
}

/** Reads what was kept; `null` where it is something else. */
export function parseKeptDraft(kept: string): KeptDraft | null {
  return readJson(KeptDraftSchema, kept);
}
