// Quotes names for use in SQL. Pure; runs anywhere.

/** Writes a name as a SQL identifier. Every name in generated SQL passes through this function. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
