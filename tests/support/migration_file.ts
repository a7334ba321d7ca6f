// Writes the text of migration files.

/** A migration file with both sections; a DOWN of comments alone makes it irreversible. */
export function migrationFile(up: string, down = "-- no way back", preamble = ""): string {
  return `${preamble}${preamble === "" ? "" : "\n"}-- UP\n${up}\n-- DOWN\n${down}\n`;
}
