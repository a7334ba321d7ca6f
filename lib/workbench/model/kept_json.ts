// Reads JSON that is not trusted: what the browser has kept, or a link. Pure; runs anywhere.

import * as v from "valibot";

/** The value of a JSON text; `null` where it is no JSON, or does not have the form. */
export function readJson<T>(schema: v.GenericSchema<unknown, T>, text: string): T | null {
  try {
    const read = v.safeParse(schema, JSON.parse(text));
    return read.success ? read.output : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
