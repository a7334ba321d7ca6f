// What the values of options are, for completion. Pure.

/** What a shell offers as a value. */
export type OptionValues =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "directory" | "any" };

const WORDS: Readonly<Record<string, readonly string[]>> = {
  "--approve": ["first", "each", "none"],
  "--backup": ["always", "lossy", "never"],
  "--format": ["text", "json", "github", "sarif", "junit"],
  "--how": ["restore", "roll-back"],
  "--journal-mode": ["delete", "wal"],
  "--log-level": ["info", "warn", "error"],
  "--omit": ["statements", "schemas", "statements,schemas"],
  "--to": ["latest"],
  "--transaction": ["migration", "plan"],
};

const FILES: readonly string[] = ["--html", "--out", "--schema", "--sign"];
const DIRECTORIES: readonly string[] = ["--plugins", "--data"];

/** The values of an option. */
export function optionValues(option: string): OptionValues {
  const words = WORDS[option];
  if (words !== undefined) return { kind: "words", words };
  if (FILES.includes(option)) return { kind: "file" };
  return { kind: DIRECTORIES.includes(option) ? "directory" : "any" };
}
