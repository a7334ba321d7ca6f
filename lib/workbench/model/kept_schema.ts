// A schema.sql that is edited, as it is kept in the browser. Pure; runs anywhere.

import * as v from "valibot";
import type { RenameAnswers } from "../../rebuild/rename_questions.ts";
import { readJson } from "./kept_json.ts";

/** What is kept of it. */
export interface KeptSchema {
  readonly text: string;
  readonly description: string;
  readonly renames: RenameAnswers;
}

const KeptSchemaSchema = v.object({
  text: v.string(),
  description: v.string(),
  renames: v.array(v.tuple([
    v.string(),
    v.variant("kind", [
      v.object({ kind: v.literal("renamed"), to: v.string() }),
      v.object({ kind: v.literal("dropped") }),
    ]),
  ])),
});

/** Writes what `parseKeptSchema()` reads. */
export function formatKeptSchema({ text, description, renames }: KeptSchema): string {
  return JSON.stringify({ text, description, renames: [...renames] });
}

/** Reads what was kept; `null` where it is something else. */
export function parseKeptSchema(kept: string): KeptSchema | null {
  const read = readJson(KeptSchemaSchema, kept);
  return read === null ? null : { ...read, renames: new Map(read.renames) };
}
