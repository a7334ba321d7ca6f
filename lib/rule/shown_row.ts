// Writes values of rows, as people recognise them. Pure; runs anywhere.

import type { ShownValue } from "../loss/data_loss.ts";

/** Such as `id = 2, name = 'ada'`. */
export function fieldsOf(columns: readonly string[], values: readonly ShownValue[]): string {
  return columns.flatMap((column, at) => {
    const value = values[at];
    return value === undefined ? [] : [`${column} = ${valueWords(value)}`];
  }).join(", ");
}

/** A value as SQL writes it; "…" marks the end of one that is clipped. */
export function valueWords({ type, text, length }: ShownValue): string {
  const more = length === undefined ? "" : "…";
  if (type === "text") return `'${text}${more}'`;
  return type === "blob" ? `x'${text}${more}'` : text;
}
