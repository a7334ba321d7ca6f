// Reports a plugin's files: text, findings, and the effect of each on the schema. Runs anywhere.

import { type Finding, finding } from "../../finding/finding.ts";
import { findingMessage } from "../../message/finding_message.ts";
import { decodeText } from "../../migration/decode_text.ts";
import { parseFileName } from "../../migration/file_name.ts";
import type { Migration, SqliteVersion } from "../../migration/migration.ts";
import { type PlanStep, planStep } from "../../plan/migration_plan.ts";
import { checkFindings, thereAndBack, uniqueVersions } from "../../rule/check_findings.ts";
import { collectMigrations, type SourceFile } from "../../source/collect_migrations.ts";
import { EMPTY_SCHEMA, type Schema } from "../../sqlite/schema.ts";
import type { Outcome } from "../../outcome.ts";
import type { Draft, FileReport, FilesReport } from "../sandbox.ts";
import type { SchemaRehearsal } from "../database/sandbox_host.ts";

/** The files to report. */
export interface ReportedFiles {
  readonly plugin: string;
  readonly files: readonly SourceFile[];
  /** Replaces the file of its name. It alone is rehearsed up, down and up again. */
  readonly draft: Draft | null;
  readonly engine: SqliteVersion;
  /** Rehearses steps on an empty database. */
  rehearse(steps: readonly PlanStep[]): Promise<Outcome<SchemaRehearsal>>;
}

type Effect = NonNullable<FileReport["effect"]>;

/** Reports every file, whether it parses or not. */
export async function reportFiles(reported: ReportedFiles): Promise<Outcome<FilesReport>> {
  const { plugin, draft, engine } = reported;
  const files = withDraft(reported.files, draft);
  const { migrations, findings: fileFindings } = await collectMigrations(files);
  const unique = uniqueVersions(migrations);
  const steps = unique.flatMap((migration) =>
    draft === null || migration.file === draft.file
      ? thereAndBack(migration)
      : [planStep(migration, "apply")]
  );
  const rehearsed = await reported.rehearse(steps);
  if (!rehearsed.ok) return rehearsed;
  const { rehearsal, schemas } = rehearsed.value;
  const findings = [
    ...fileFindings,
    ...checkFindings(unique, steps, rehearsal, engine),
    ...interruption(rehearsed.value),
  ];
  const effects = effectsOf(steps, rehearsed.value, schemas);
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
  effects: ReadonlyMap<string, Effect>,
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

/** The effect of the first UP of each file. Steps after the last schema were not completed. */
function effectsOf(
  steps: readonly PlanStep[],
  { rehearsal }: SchemaRehearsal,
  schemas: readonly Schema[],
): ReadonlyMap<string, Effect> {
  const effects = new Map<string, Effect>();
  for (const [index, after] of schemas.entries()) {
    const step = steps[index];
    const rehearsed = rehearsal.steps[index];
    if (step === undefined || rehearsed === undefined) break;
    if (step.direction === "rollback" || effects.has(step.file)) continue;
    const before = schemas[index - 1] ?? EMPTY_SCHEMA;
    effects.set(step.file, { before, after, changes: [...rehearsed.changes] });
  }
  return effects;
}

function interruption({ rehearsal }: SchemaRehearsal): readonly Finding[] {
  if (rehearsal.interrupted === null) return [];
  const message = "The rehearsal took too long and was stopped";
  return [finding("ERROR", "interrupted", { version: null, name: null, file: null }, message)];
}

function byVersion(one: FileReport, other: FileReport): number {
  return (one.version ?? Infinity) - (other.version ?? Infinity) ||
    one.file.localeCompare(other.file);
}
