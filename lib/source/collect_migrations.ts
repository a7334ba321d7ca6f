// Builds a plugin's migrations, and the statements of its code, from named bytes. Runs anywhere.

import { type Finding, finding, type FindingSubject, NO_MIGRATION } from "../finding/finding.ts";
import type { Migration } from "../migration/migration.ts";
import {
  MAX_FILE_BYTES,
  type ParsedMigration,
  parseMigration,
} from "../migration/parse_migration.ts";
import { parseFileName } from "../migration/file_name.ts";
import {
  isQueryFile,
  parseQueryFile,
  type QueryFile,
  type QueryFiles,
} from "../migration/query_file.ts";
import { textChecksum } from "../migration/text_checksum.ts";
import type { SourceFile } from "./source_file.ts";

/** A plugin's migrations, in ascending order, and findings about the files that do not parse. */
export interface CollectedMigrations {
  readonly migrations: readonly Migration[];
  readonly findings: readonly Finding[];
  readonly queries: QueryFiles;
}

/**
 * Parses files one after the other and sorts them by version; two files of one version are a
 * finding. Bad files become findings, never exceptions.
 */
export async function collectMigrations(
  files: Iterable<SourceFile> | AsyncIterable<SourceFile>,
): Promise<CollectedMigrations> {
  const collector = new MigrationCollector();
  for await (const source of files) await collector.add(source);
  return collector.collected();
}

/** Collects migrations of files that arrive in parts. */
export class MigrationCollector {
  readonly #migrations: Migration[] = [];
  readonly #findings: Finding[] = [];
  readonly #queryFiles: QueryFile[] = [];
  readonly #queryFindings: Finding[] = [];
  #isEmpty = true;

  /** Parses one more file. */
  async add(source: SourceFile): Promise<void> {
    if (isQueryFile(source.file)) return await this.#addQueries(source);
    this.#isEmpty = false;
    const parsed = await parse(source);
    if (parsed.ok) this.#migrations.push(parsed.migration);
    else this.#findings.push(...parsed.findings);
  }

  /** The migrations of all files that were added. */
  collected(): CollectedMigrations {
    const migrations = this.#migrations.toSorted((one, other) =>
      one.version - other.version || one.file.localeCompare(other.file)
    );
    const findings = [...this.#findings, ...duplicates(migrations)];
    if (this.#isEmpty) findings.push(noMigrations());
    const queries = { files: [...this.#queryFiles], findings: [...this.#queryFindings] };
    return { migrations, findings, queries };
  }

  async #addQueries(source: SourceFile): Promise<void> {
    const parsed = "bytes" in source
      ? await parseQueryFile(source.file, source.bytes)
      : { ok: false, finding: unreadFinding(source) } as const;
    if (parsed.ok) this.#queryFiles.push(parsed.queryFile);
    else this.#queryFindings.push(parsed.finding);
  }
}

async function parse(source: SourceFile): Promise<ParsedMigration> {
  if ("promised" in source) return await parsePromised(source);
  if ("bytes" in source) return await parseMigration(source.file, source.bytes);
  return { ok: false, findings: [unreadFinding(source)] };
}

/** Says why a file was not read. */
function unreadFinding(source: Exclude<SourceFile, { bytes: Uint8Array }>): Finding {
  const subject = subjectOfFile(source.file);
  if ("sizeBytes" in source) {
    const tooLarge = `${source.file} has ${source.sizeBytes} bytes; the most is ${MAX_FILE_BYTES}`;
    return finding("ERROR", "file-too-large", subject, tooLarge);
  }
  if ("exceedsBytes" in source) return pluginTooLarge(source);
  const message = `Cannot read ${source.file}: ${source.problem}`;
  return finding("ERROR", "unreadable-file", subject, message);
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
    subjectOfFile(file),
    `${file} does not match the checksum in its manifest; bundle or publish the plugin again`,
  );
  return { ok: false, findings: [mismatch, ...(parsed.ok ? [] : parsed.findings)] };
}

function subjectOfFile(file: string): FindingSubject {
  return { version: null, name: null, ...parseFileName(file), file };
}

function pluginTooLarge(
  { file, exceedsBytes }: Extract<SourceFile, { exceedsBytes: number }>,
): Finding {
  const message =
    `With ${file} the files of the plugin have more than ${exceedsBytes} bytes; it and the files ` +
    `after it were not read. Load large data from the plugin instead, or raise --max-plugin-bytes`;
  return finding("ERROR", "plugin-too-large", NO_MIGRATION, message);
}

function noMigrations(): Finding {
  const message = "There is no .sql file among the plugin's migrations; add 001_description.sql";
  return finding("WARNING", "no-migrations", NO_MIGRATION, message);
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
