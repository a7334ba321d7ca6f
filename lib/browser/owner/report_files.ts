// Reports a plugin's files: text, findings, and the effect of each on the schema. Runs anywhere.

import type { Finding } from "../../finding/finding.ts";
import { findingMessage } from "../../message/finding_message.ts";
import { decodeText } from "../../migration/decode_text.ts";
import { parseFileName } from "../../migration/file_name.ts";
import type { Migration } from "../../migration/migration.ts";
import type { Outcome } from "../../outcome.ts";
import { collectMigrations } from "../../source/collect_migrations.ts";
import type { SourceFile } from "../../source/source_file.ts";
import type { PreparationRequest } from "../../database/prepare.ts";
import type { RehearsedFiles } from "../database/sandbox_host.ts";
import type { Draft, FileReport, FilesReport } from "../sandbox.ts";

/** The files to report. */
export interface ReportedFiles {
  readonly plugin: string;
  readonly files: readonly SourceFile[];
  /** Replaces the file of its name. It alone is rehearsed up, down and up again. */
  readonly draft: Draft | null;
  /** Rehearses files on an empty database. */
  rehearse(request: PreparationRequest): Promise<Outcome<RehearsedFiles>>;
}

/** Reports every file, whether it parses or not. */
export async function reportFiles(reported: ReportedFiles): Promise<Outcome<FilesReport>> {
  const { plugin, draft } = reported;
  const files = withDraft(reported.files, draft);
  const collected = await collectMigrations(files);
  const { migrations } = collected;
  const target = { direction: "there-and-back", only: draft?.file ?? null, proves: false } as const;
  const rehearsed = await reported.rehearse({ ...collected, target });
  if (!rehearsed.ok) return rehearsed;
  const { findings, effects } = rehearsed.value;
  return {
    ok: true,
    value: {
      plugin,
      files: files.map((file) => describe(file, migrations, findings, effects)).sort(byVersion),
      findings: findings.filter(({ file }) => file === null).map(findingMessage),
    },
  };
}

function withDraft(files: readonly SourceFile[], draft: Draft | null): readonly SourceFile[] {
  if (draft === null) return files;
  const drafted = { file: draft.file, bytes: new TextEncoder().encode(draft.text) };
  return [...files.filter(({ file }) => file !== draft.file), drafted];
}

function describe(
  source: SourceFile,
  migrations: readonly Migration[],
  findings: readonly Finding[],
  effects: RehearsedFiles["effects"],
): FileReport {
  const { file } = source;
  const decoded = "bytes" in source ? decodeText(source.bytes) : null;
  return {
    file,
    version: parseFileName(file)?.version ?? null,
    name: parseFileName(file)?.name ?? null,
    checksum: migrations.find((migration) => migration.file === file)?.checksum ?? null,
    text: decoded?.ok === true ? decoded.text : null,
    findings: findings.filter((each) => each.file === file).map(findingMessage),
    effect: effects.get(file) ?? null,
  };
}

function byVersion(one: FileReport, other: FileReport): number {
  return (one.version ?? Infinity) - (other.version ?? Infinity) ||
    one.file.localeCompare(other.file);
}
