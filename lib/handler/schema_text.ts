// Reads the schema.sql of a plugin.

import { decodeText } from "../migration/decode_text.ts";
import type { Outcome } from "../outcome.ts";
import type { MigrationSource } from "../source/migration_source.ts";

/** The text of a plugin's schema.sql; `null` where it has none. */
export async function schemaTextOf(
  plugin: string,
  source: MigrationSource,
): Promise<Outcome<string | null, "schema-file">> {
  const file = await source.schemaOf?.(plugin) ?? null;
  if (file === null) return { ok: true, value: null };
  const refused = (why: string): Outcome<never, "schema-file"> => {
    return { ok: false, code: "schema-file", message: `Cannot read schema.sql: ${why}` };
  };
  if (!("bytes" in file)) return refused("problem" in file ? file.problem : "it is too large");
  const decoded = decodeText(file.bytes);
  if (decoded.ok) return { ok: true, value: decoded.text };
  return refused(decoded.isUtf16 ? "it is UTF-16; save it as UTF-8" : "it is not UTF-8");
}
