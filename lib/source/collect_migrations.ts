// Builds a plugin's migrations from named bytes. Runs anywhere.

import { type Finding, finding } from "../finding/finding.ts";
import type { Migration } from "../migration/migration.ts";
import {
  MAX_FILE_BYTES,
  type ParsedMigration,
  parseMigration,
} from "../migration/parse_migration.ts";
import { parseFileName } from "../migration/file_name.ts";
import { textChecksum } from "../migration/text_checksum.ts";
import type { LoadedMigrations } from "./migration_source.ts";

/** A `.sql` file, its size where it is too large to be read, or why it could not be read. */
export type SourceFile =
  | { readonly file: string; readonly bytes: Uint8Array }
  /** The checksum in a manifest; a text with another checksum is a finding. */
  | { readonly file: string; readonly bytes: Uint8Array; readonly promised: string }
  | { readonly file: string; readonly sizeBytes: number }
  | { readonly file: string; readonly problem: string };

/** Parses files and sorts them by version; two files of one version are a finding. */
export async function collectMigrations(
  files: readonly SourceFile[],
): Promise<Extract<LoadedMigrations, { found: true }>> {
  const findings: Finding[] = [];
  const migrations: Migration[] = [];
  for (const parsed of await Promise.all(files.map(parse))) {
    if (parsed.ok) migrations.push(parsed.migration);
    else findings.push(...parsed.findings);
  }
  migrations.sort((one, other) =>
    one.version - other.version || one.file.localeCompare(other.file)
  );
  findings.push(...duplicates(migrations));
  if (files.length === 0) findings.push(noMigrations());
  return { found: true, migrations, findings };
}

async function parse(source: SourceFile): Promise<ParsedMigration> {
  if ("promised" in source) return await parsePromised(source);
  if ("bytes" in source) return await parseMigration(source.file, source.bytes);
  const subject = { version: null, name: null, file: source.file };
  if ("sizeBytes" in source) {
    const tooLarge = `${source.file} has ${source.sizeBytes} bytes; the most is ${MAX_FILE_BYTES}`;
    return { ok: false, findings: [finding("ERROR", "file-too-large", subject, tooLarge)] };
  }
  const message = `Cannot read ${source.file}: ${source.problem}`;
  return { ok: false, findings: [finding("ERROR", "unreadable-file", subject, message)] };
}

async function parsePromised(
  { file, bytes, promised }: Extract<SourceFile, { promised: string }>,
): Promise<ParsedMigration> {
  const parsed = await parseMigration(file, bytes);
  if (bytes.length > MAX_FILE_BYTES) return parsed;
  const found = parsed.ok ? parsed.migration.checksum : await textChecksum(bytes);
  if (found === null || found === promised) return parsed;
  const mismatch = finding(
    "ERROR",
    "manifest-mismatch",
    { version: null, name: null, ...parseFileName(file), file },
    `${file} does not match the checksum in its manifest; bundle or publish the plugin again`,
  );
  return { ok: false, findings: [mismatch, ...(parsed.ok ? [] : parsed.findings)] };
}

function noMigrations(): Finding {
  const message = "There is no .sql file among the plugin's migrations; add 001_description.sql";
  return finding("WARNING", "no-migrations", { version: null, name: null, file: null }, message);
}

function duplicates(migrations: readonly Migration[]): readonly Finding[] {
  return migrations.flatMap((migration, index) => {
    const previous = migrations[index - 1];
    if (previous?.version !== migration.version) return [];
    const message =
      `${previous.file} and ${migration.file} both have version ${migration.version}; ` +
      `renumber one of them`;
    return [finding("ERROR", "duplicate-version", migration, message)];
  });
}
