// Takes out of outputs and replies what differs from run to run: times, durations, hashes, ids.

/** Text without what changes from run to run, and with white space made even. */
export function maskText(text: string): string {
  return text
    .replaceAll(/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?Z?/g, "<time>")
    .replaceAll(/\b\d{8}T\d{6,9}Z/g, "<stamp>")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<hash>")
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<id>")
    .replaceAll(/\b(\d+(\.\d+)?)( ?)(ms|s)\b/g, "<duration>")
    .replaceAll(/\b(ms|grace_ms)=\d+/g, "$1=<duration>")
    .split("\n").map(maskLine).join("\n").trim();
}

/** A message without what changes from run to run. */
export function maskMessage(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (Array.isArray(value)) return value.map(maskMessage);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map((
      [key, part],
    ) => [key, key.endsWith("_ms") && typeof part === "number" ? 0 : maskMessage(part)]),
  );
}

/** Whether an output is what the page shows; a line `...` stands for any number of lines. */
export function isShown(shown: string, output: string): boolean {
  const pattern = maskText(shown).split("\n").map((line) =>
    line === "..." ? "(?:.*\n)*?" : `${RegExp.escape(line)}\n`
  ).join("");
  return new RegExp(`^${pattern}$`).test(`${maskText(output)}\n`);
}

function maskLine(line: string): string {
  const even = line.replaceAll(/\s+/g, " ").trim();
  return even
    // A row of a run: version, migration, statements, milliseconds.
    .replace(/^(\d+ \w+ \d+) \d+( |$)/, "$1 <ms>$2")
    // A row of a status: version, migration, state, when, by, milliseconds.
    .replace(/^(\d+ \w+ (?:no )?\w+ <time> \S+) \d+$/, "$1 <ms>");
}
