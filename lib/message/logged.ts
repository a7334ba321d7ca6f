// Reads what the log of a database keeps as JSON. Runs anywhere.

import * as v from "valibot";
import type { ChangeMessage, DataLossMessage } from "./reply.ts";
import { ChangeSchema, DataLossSchema } from "./reply_schema.ts";

/** The changes of an attempt; `undefined` where the text is not what godwit writes. */
export function parseChanges(text: string): ChangeMessage[] | undefined {
  return parseList(ChangeSchema, text);
}

/** The losses of an attempt; `undefined` as above. */
export function parseDataLoss(text: string): DataLossMessage[] | undefined {
  return parseList(DataLossSchema, text);
}

function parseList<T>(schema: v.GenericSchema<T>, text: string): T[] | undefined {
  try {
    const result = v.safeParse(v.array(schema), JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
