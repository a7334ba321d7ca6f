// Folds names as SQLite does, to compare them. Pure; runs anywhere.

/** A name in lower case: SQLite folds the letters of ASCII and no others. */
export function foldName(name: string): string {
  return name.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
