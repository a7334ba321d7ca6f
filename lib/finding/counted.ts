// Writes an amount with its noun. Pure; runs anywhere.

/** `1 row`, `2 rows`. */
export function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
