// Turns a status reply and a report on the files into the steps of the timeline. Pure; runs
// anywhere.

import type { FileReport, FilesReport } from "../../browser/sandbox.ts";
import type {
  AppliedMigration,
  ChangeMessage,
  FindingMessage,
  StatusReply,
} from "../../message/reply.ts";
import { formatFileName } from "../../migration/file_name.ts";
import { mergeFindings } from "./findings.ts";

/** The state of one migration. */
export type StepState =
  | "applied"
  | "pending"
  /** The last attempt failed. It counts as pending. */
  | "failed"
  /** It is applied, and its file has changed since. */
  | "changed"
  /** It is applied, and its file is missing. */
  | "missing"
  /** It is pending, and a newer migration is applied. */
  | "late"
  /** The file has no valid name, or cannot be read. */
  | "invalid";

/** When a migration was applied or attempted, and by whom. */
export interface StepRun {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  readonly durationMs: number | null;
}

/** One step of the timeline. */
export interface TimelineStep {
  /** The version as text, or the file name if there is no version; unique. */
  readonly key: string;
  readonly version: number | null;
  /** The name with spaces in place of underscores. */
  readonly title: string;
  readonly file: string;
  readonly state: StepState;
  readonly isApplied: boolean;
  /** Whether the database is at this version. */
  readonly isCurrent: boolean;
  readonly run: StepRun | null;
  /** The error of the last attempt. */
  readonly error: string | null;
  /** What the UP section does to the schema. */
  readonly changes: readonly ChangeMessage[];
  readonly findings: readonly FindingMessage[];
  /** `null` if there is no file. */
  readonly report: FileReport | null;
}

/** The label of each state. */
export const STATE_LABELS: Readonly<Record<StepState, string>> = {
  applied: "Applied",
  pending: "Pending",
  failed: "Failed",
  changed: "Changed",
  missing: "File missing",
  late: "Late",
  invalid: "Cannot be read",
};

const NO_STATUS: Pick<
  StatusReply,
  | "current_version"
  | "applied_migrations"
  | "failed_migrations"
  | "pending_warnings"
  | "checksum_warnings"
> = {
  current_version: 0,
  applied_migrations: [],
  failed_migrations: [],
  pending_warnings: [],
  checksum_warnings: [],
};

/**
 * Derives the timeline, ascending by version; files without a version come last. Status or report
 * may be missing: without the report there are no texts, without the status every file is pending.
 */
export function deriveTimeline(
  status: StatusReply | null,
  report: FilesReport | null,
): readonly TimelineStep[] {
  const known = status ?? NO_STATUS;
  const history = new Map(known.applied_migrations.map((entry) => [entry.version, entry]));
  const findings = [...known.checksum_warnings, ...known.pending_warnings];
  const context: StepContext = {
    history,
    failures: new Map(known.failed_migrations.map((entry) => [entry.version, entry])),
    findings,
    current: known.current_version,
  };
  const files = report?.files ?? referencedFiles(status);
  const versions = new Set(files.map(({ version }) => version));
  const gone = [...history.values()].filter(({ version }) => !versions.has(version));
  const keys = new Set<string>();
  const steps = files.map((file) => {
    const step = fileStep(file, context, keys);
    keys.add(step.key);
    return step;
  });
  return [...steps, ...gone.map((entry) => missingStep(entry, context))].sort(byVersion);
}

interface StepContext {
  readonly history: ReadonlyMap<number, AppliedMigration>;
  readonly failures: ReadonlyMap<number, StatusReply["failed_migrations"][number]>;
  readonly findings: readonly FindingMessage[];
  readonly current: number;
}

// Status names the files until the report arrives.
function referencedFiles(status: StatusReply | null): readonly FileReport[] {
  return (status?.available_migrations ?? []).map(({ version, name }) => ({
    file: formatFileName({ version, name }),
    version,
    name,
    checksum: "",
    text: null,
    findings: [],
    effect: null,
  }));
}

function fileStep(
  file: FileReport,
  { history, failures, findings, current }: StepContext,
  keys: ReadonlySet<string>,
): TimelineStep {
  const { version } = file;
  // If two files have the same version, the first one has the version as its key.
  const hasKey = version !== null && !keys.has(String(version));
  const applied = version === null ? undefined : history.get(version);
  const failure = version === null ? undefined : failures.get(version);
  const concerning = findings.filter((finding) =>
    finding.file === undefined
      ? finding.migration_version !== null && finding.migration_version === version
      : finding.file === file.file
  );
  const codes = new Set(concerning.map(({ code }) => code));
  const state = fileState({
    isReadable: file.checksum !== null && version !== null,
    isApplied: applied !== undefined,
    isChanged: codes.has("checksum-mismatch"),
    isLate: codes.has("late-migration"),
    hasFailed: failure !== undefined,
  });
  return {
    key: hasKey ? String(version) : file.file,
    version,
    title: inWords(file.name ?? file.file),
    file: file.file,
    state,
    isApplied: applied !== undefined,
    isCurrent: version !== null && applied !== undefined && version === current,
    run: runOf(applied, failure),
    error: failure?.error_message ?? applied?.error_message ?? null,
    changes: file.effect?.changes ?? [],
    findings: mergeFindings(concerning, file.findings),
    report: file,
  };
}

function fileState(facts: {
  readonly isReadable: boolean;
  readonly isApplied: boolean;
  readonly isChanged: boolean;
  readonly isLate: boolean;
  readonly hasFailed: boolean;
}): StepState {
  if (!facts.isReadable) return "invalid";
  if (facts.isChanged) return "changed";
  if (facts.isApplied) return "applied";
  if (facts.isLate) return "late";
  return facts.hasFailed ? "failed" : "pending";
}

function missingStep(entry: AppliedMigration, { findings, current }: StepContext): TimelineStep {
  return {
    key: String(entry.version),
    version: entry.version,
    title: inWords(entry.name),
    file: formatFileName(entry),
    state: "missing",
    isApplied: true,
    isCurrent: entry.version === current,
    run: runOf(entry, undefined),
    error: entry.error_message,
    changes: [],
    findings: findings.filter(({ migration_version }) => migration_version === entry.version),
    report: null,
  };
}

function runOf(
  applied: AppliedMigration | undefined,
  failure: StatusReply["failed_migrations"][number] | undefined,
): StepRun | null {
  if (applied !== undefined) {
    const { applied_at, applied_by, execution_time_ms } = applied;
    return { at: applied_at, by: applied_by, durationMs: execution_time_ms };
  }
  return failure === undefined
    ? null
    : { at: failure.applied_at, by: failure.applied_by, durationMs: null };
}

function inWords(name: string): string {
  return name.endsWith(".sql") ? name : name.replaceAll("_", " ");
}

function byVersion(one: TimelineStep, other: TimelineStep): number {
  return (one.version ?? Infinity) === (other.version ?? Infinity)
    ? one.file.localeCompare(other.file)
    : (one.version ?? Infinity) - (other.version ?? Infinity);
}
