// Quotes names for use in SQL. Pure; runs anywhere.

/** Writes a name as a SQL identifier. Every name in generated SQL passes through this function. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Writes a text as a SQL string literal, where a parameter cannot be bound. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
