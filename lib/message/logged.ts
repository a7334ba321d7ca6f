// Reads what the log of a database keeps as JSON. Runs anywhere.

import * as v from "valibot";
import type { AttemptEntry } from "./history_reply.ts";
import { AttemptSchema } from "./history_reply_schema.ts";
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

/** Why an attempt of the log is not one that godwit records; `null` where it is. */
export function whyNoAttempt(attempt: AttemptEntry): string | null {
  const [issue] = v.safeParse(AttemptSchema, attempt).issues ?? [];
  return issue === undefined
    ? null
    : `${v.getDotPath(issue) ?? "The row"} is not as godwit writes it: ${issue.message}`;
}

function parseList<T>(schema: v.GenericSchema<T>, text: string): T[] | undefined {
  try {
    const result = v.safeParse(v.array(schema), JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
