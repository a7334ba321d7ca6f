// Replies, reports and schemas for the tests of the page's derivations.

import type { FileReport, FilesReport } from "../../../lib/browser/sandbox.ts";
import type { ChangeMessage, FindingMessage, StatusReply } from "../../../lib/message/reply.ts";
import { parseFileName } from "../../../lib/migration/file_name.ts";
import {
  type Attachment,
  type Column,
  EMPTY_SCHEMA,
  type ForeignKey,
  type Schema,
  type Table,
} from "../../../lib/sqlite/schema.ts";

/** A file as a report has it. */
export function fileReport(file: string, more: Partial<FileReport> = {}): FileReport {
  const named = parseFileName(file);
  return {
    file,
    version: named?.version ?? null,
    name: named?.name ?? null,
    checksum: "0".repeat(64),
    text: "-- UP\n-- DOWN\n",
    findings: [],
    effect: null,
    ...more,
  };
}

/** A report on files of the plugin "notes". */
export function filesReport(...files: readonly FileReport[]): FilesReport {
  return { plugin: "notes", files, findings: [] };
}

/** The status of the plugin "notes": these versions applied, those pending. */
export function statusReply(
  applied: readonly number[],
  pending: readonly number[],
  more: Partial<StatusReply> = {},
): StatusReply {
  const reference = (version: number): { version: number; name: string } => ({
    version,
    name: `step_${version}`,
  });
  return {
    success: true,
    verb: "status",
    plugin_name: "notes",
    current_version: Math.max(0, ...applied),
    pending_count: pending.length,
    applied_migrations: applied.map((version) => ({
      ...reference(version),
      checksum: "0".repeat(64),
      applied_at: `2026-01-0${version}T08:00:00.000Z`,
      applied_by: "ada",
      execution_time_ms: 12,
      error_message: null,
    })),
    pending_migrations: pending.map(reference),
    available_migrations: [...applied, ...pending].sort((a, b) => a - b).map(reference),
    failed_migrations: [],
    checksum_warnings: [],
    pending_warnings: [],
    locked: false,
    ...more,
  };
}

/** A finding about a migration of "notes". */
export function findingOf(
  code: FindingMessage["code"],
  version: number | null,
  more: Partial<FindingMessage> = {},
): FindingMessage {
  return {
    level: "ERROR",
    message: `About ${code}`,
    migration_version: version,
    migration_name: version === null ? null : `step_${version}`,
    category: "file",
    code,
    ...(version === null ? {} : { file: `00${version}_step_${version}.sql` }),
    ...more,
  };
}

/** A change of the schema. */
export function changeOf(
  change: ChangeMessage["change"],
  object: ChangeMessage["object"],
  name: string,
  table: string | null = null,
  detail: string | null = null,
): ChangeMessage {
  return { change, object, table, name, detail };
}

/** A column; `id` is the primary key. */
export function columnOf(name: string, more: Partial<Column> = {}): Column {
  return {
    name,
    type: name === "id" ? "INTEGER" : "TEXT",
    notNull: false,
    defaultValue: null,
    primaryKey: name === "id" ? 1 : 0,
    generated: false,
    ...more,
  };
}

/** A table with columns of these names. */
export function tableOf(
  name: string,
  columns: readonly string[],
  more: Partial<Table> = {},
): Table {
  return {
    name,
    kind: "table",
    withoutRowid: false,
    strict: false,
    sql: `CREATE TABLE ${name} (...)`,
    columns: columns.map((column) => columnOf(column)),
    foreignKeys: [],
    ...more,
  };
}

/** A foreign key. */
export function keyTo(columns: string, parent: string): ForeignKey {
  return { columns, parent, parentColumns: "id", onDelete: "NO ACTION", onUpdate: "NO ACTION" };
}

/** An index or a trigger. */
export function attachmentOf(name: string, table: string): Attachment {
  return { name, table, sql: "" };
}

/** A schema of these tables. */
export function schemaOf(tables: readonly Table[], more: Partial<Schema> = {}): Schema {
  return { ...EMPTY_SCHEMA, tables, ...more };
}
