// What a description of a change gives: the name and the title of its file. Pure; runs anywhere.

/** The part of a file's name that a description gives; empty where it has no letter or digit. */
export function nameFrom(description: string): string {
  return description.toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "").slice(0, 100);
}

/** A description on one line: after a line break, it would be SQL. */
export function titleFrom(description: string): string {
  return description.replaceAll(/\s+/g, " ").trim();
}
