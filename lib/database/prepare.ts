// Makes a plan of files: select, hash, rehearse, apply the rules. Runs where SQLite runs.

import type { DatabaseBase } from "../history/database_base.ts";
import type { LoggedFiles } from "../history/logged_files.ts";
import type { Deadline } from "../deadline.ts";
import type { Interruption, Rehearsal, RehearsedStep } from "../rehearsal/rehearsal.ts";
import { type OnRehearsed, type RehearsalBase, rehearse } from "../rehearsal/rehearse.ts";
import { NO_QUERY_FACTS } from "../rehearsal/query_facts.ts";
import { rehearseFiles } from "../rehearsal/rehearse_files.ts";
import { type Finding, NO_MIGRATION } from "../finding/finding.ts";
import { subjectOf } from "../finding/subject_of.ts";
import type { Migration } from "../migration/migration.ts";
import { NO_QUERY_FILES, type QueryFiles } from "../migration/query_file.ts";
import type { KeptRehearsals } from "./kept_rehearsals.ts";
import { parseSqliteVersion } from "../migration/sqlite_version.ts";
import type { Outcome } from "../outcome.ts";
import { deepFreeze } from "../plan/deep_freeze.ts";
import {
  appliedEntries,
  currentVersion,
  type History,
  type HistoryEntry,
} from "../plan/history.ts";
import {
  completePlan,
  type MigrationPlan,
  type PlanStep,
  planStep,
} from "../plan/migration_plan.ts";
import { type Direction, selectSteps, type Target } from "../plan/select_steps.ts";
import { type ThereAndBack, thereAndBack, uniqueVersions } from "../plan/there_and_back.ts";
import {
  type Acceptances,
  acceptancesOf,
  acceptFindings,
  unusedAcceptances,
} from "../rule/acceptances.ts";
import { compatibilityFindings } from "../rule/compatibility.ts";
import { driftFindings } from "../rule/drift.ts";
import { findingsForRun } from "../rule/findings_for_run.ts";
import { foreignHistoryFindings } from "../rule/foreign_history.ts";
import {
  type CountedLosses,
  inOrder,
  type RehearsalFindings,
  rehearsalFindings,
} from "../rule/rehearsal_findings.ts";
import { missingInApply, missingInRollback } from "../rule/missing_file.ts";
import { queryFindings } from "../rule/queries.ts";
import { reversibilityFindings } from "../rule/reversibility.ts";
import { curableFiles, type Suggestions, withSuggestions } from "../suggestion/suggestions.ts";
import type { FileProof } from "../proof/proof.ts";
import type { FileToProve } from "../proof/prove.ts";
import { SchemasBefore } from "./schemas_before.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";

/** What a plan is made on: the database, and what its log has of files that are missing. */
export interface PreparationBase extends DatabaseBase {
  /** The versions that a rollback leaves; none otherwise. */
  readonly leaving: ReadonlySet<number>;
  readonly logged: LoggedFiles;
}

/** The parsed files of a plugin, and which steps to select from them. */
export interface PreparationRequest {
  readonly migrations: readonly Migration[];
  /** Findings about files that do not parse. */
  readonly findings: readonly Finding[];
  /** The statements of the plugin's code. */
  readonly queries: QueryFiles;
  readonly target: Target | ThereAndBack;
}

/** A plan with all that its execution needs. */
export interface Prepared {
  readonly plan: MigrationPlan;
  /** The text of each file that an apply runs, by version, for the log. */
  readonly texts: ReadonlyMap<number, string>;
  readonly rehearsal: Rehearsal;
  /** What the files of its steps accept. */
  readonly acceptances: Acceptances;
  /** Findings about the files and the history. */
  readonly fileFindings: readonly Finding[];
  readonly rehearsalFindings: RehearsalFindings;
}

/** What callers in other threads see of a prepared plan. */
export interface PlanOutline {
  readonly direction: Direction;
  readonly from: number;
  readonly to: number;
  /** Names the plan when it is executed. */
  readonly hash: string;
  readonly steps: readonly Pick<PlanStep, "version" | "name" | "file">[];
  readonly findings: readonly Finding[];
  readonly history: History;
  /** Where the rehearsal of its steps came from; `null` where they have none. */
  readonly rehearsed: "made" | "kept" | null;
  /** Why a step was not rehearsed to its end; `null` if none was interrupted. */
  readonly interrupted: Interruption | null;
}

/** What `prepare()` calls outside it. */
export interface PreparationPorts {
  /** Takes the outline before the rehearsal, with the findings about files and history. */
  readonly onPlanned: (outline: PlanOutline) => void;
  /** Called after each step that is rehearsed now. */
  readonly onRehearsed: OnRehearsed;
  readonly rehearsals: KeptRehearsals;
  /** Counts what the first step will lose; empty where that is not known before it runs. */
  readonly countLosses: (first: RehearsedStep) => Promise<CountedLosses>;
  /** Tries files on rows, in order. */
  readonly prove: (files: readonly FileToProve[]) => Promise<readonly FileProof[]>;
  /** Cures `faulty` files of `migrations`; `null` where there was no time. */
  readonly suggest: (
    base: RehearsalBase,
    migrations: readonly Migration[],
    faulty: readonly Migration[],
  ) => Promise<Suggestions | null>;
  /** The steps after which the rehearsal of a plan does not end; `undefined` if not known. */
  readonly endlessAfter: (hash: string) => number | undefined;
}

/**
 * Prepares a plan on `base`, and its outline. Fails with `no-such-target` where no steps lead to
 * the target. The database is closed meanwhile; `countLosses` opens it again for a moment.
 */
export async function prepare(
  sqlite3: Sqlite3,
  plugin: string,
  base: PreparationBase,
  request: PreparationRequest,
  deadline: Deadline,
  ports: PreparationPorts,
): Promise<
  Outcome<{ readonly prepared: Prepared; readonly outline: PlanOutline }, "no-such-target">
> {
  const { target } = request;
  const selection = select(request, base);
  if (!selection.ok) return { ...selection, code: "no-such-target" };
  const { from, to, migrations, steps } = selection;
  const direction = target.direction === "rollback" ? "rollback" : "apply";
  const plan = await completePlan({ plugin, direction, from, to, base: base.digests, steps });
  const fileFindings = [
    ...(target.direction === "there-and-back"
      ? request.findings
      : findingsForRun(request.findings, target, base.history)),
    ...base.logged.findings,
    ...driftFindings(request, base.history, missingFileRule(target, base)),
    ...(steps.length === 0 ? [] : foreignHistoryFindings(plugin, base)),
    ...reversibilityFindings(migrations, direction),
  ];
  const acceptances = acceptancesOf(migrations);
  const outline: PlanOutline = {
    direction,
    from,
    to,
    hash: plan.hash,
    steps: steps.map(({ version, name, file }) => ({ version, name, file })),
    findings: acceptFindings(fileFindings, acceptances),
    history: base.history,
    rehearsed: null,
    interrupted: null,
  };
  ports.onPlanned(outline);

  const before = new SchemasBefore(base.schema);
  const onRehearsed: OnRehearsed = (step, facts, schema) => {
    if (target.direction === "there-and-back" && target.proves) before.note(step, schema());
    ports.onRehearsed(step, facts, schema);
  };
  // A rollback leads to the schema of older code.
  const queries = target.direction === "rollback" ? NO_QUERY_FILES : request.queries;
  const start = {
    ...base,
    queries: { files: queries.files, version: currentVersion(base.history) },
  };
  const endlessAfter = ports.endlessAfter(plan.hash);
  const kept = target.direction === "there-and-back" ? null : ports.rehearsals.get(plan, start);
  const rehearsal = endlessAfter !== undefined
    ? notRehearsed(steps[endlessAfter])
    : target.direction === "there-and-back"
    ? await rehearseFiles(sqlite3, start, steps, deadline, onRehearsed)
    : kept?.rehearsal ?? await rehearse(sqlite3, start, steps, deadline, onRehearsed);
  const [first] = rehearsal.steps;
  const losses = first === undefined ? new Map() : await ports.countLosses(first);
  const engine = parseSqliteVersion(sqlite3.version.libVersion);
  if (engine === null) throw new Error(`SQLite reports the version ${sqlite3.version.libVersion}`);
  const extent = target.direction === "there-and-back" ? "check" : "run";
  const ofFiles = rehearsalFindings(steps, rehearsal, engine, losses);
  const ofQueries = queryFindings(steps, rehearsal, queries.findings, extent);
  // A file that is rolled back is applied, and stays as it is. Where something cannot be rehearsed,
  // neither can a cure.
  const curable = direction === "rollback" || rehearsal.missing.length > 0
    ? []
    : curableFiles(migrations, inOrder(ofFiles).filter(({ file }) => isReported(target, file)));
  const suggestions = curable.length === 0
    ? new Map()
    : kept?.suggestions ?? await ports.suggest(base, migrations, curable);
  if (target.direction !== "there-and-back") {
    ports.rehearsals.keep(plan, start, { rehearsal, suggestions });
  }
  const cured = withSuggestions(ofFiles, suggestions ?? new Map());
  const ofReview = extent === "check" ? firstUps(rehearsal).flatMap(compatibilityFindings) : [];
  const found = { ...cured, rest: [...cured.rest, ...ofQueries, ...ofReview] };
  const prepared = deepFreeze({
    plan,
    texts: new Map(
      direction === "apply" ? migrations.map((each) => [each.version, each.text]) : [],
    ),
    rehearsal,
    acceptances,
    fileFindings,
    rehearsalFindings: found,
  });
  const proofs = target.direction === "there-and-back" && target.proves
    ? await ports.prove(before.filesToProve(migrations, rehearsal))
    : [];
  const all = [...fileFindings, ...inOrder(found), ...await proofFindings(proofs)];
  const findings = acceptFindings(all, acceptances);
  return {
    ok: true,
    value: {
      prepared,
      outline: {
        ...outline,
        findings: target.direction === "there-and-back"
          ? [...findings, ...unusedFindings(migrations, target, findings)]
          : findings,
        rehearsed: steps.length === 0 ? null : kept === null ? "made" : "kept",
        interrupted: rehearsal.stopped[0]?.reason ?? null,
      },
    },
  };
}

/** The first UP of each file. */
function firstUps({ steps }: Rehearsal): readonly RehearsedStep[] {
  const seen = new Set<number>();
  return steps.filter(({ direction, version }) => {
    const isFirst = direction === "apply" && !seen.has(version);
    seen.add(version);
    return isFirst;
  });
}

async function proofFindings(proofs: readonly FileProof[]): Promise<readonly Finding[]> {
  if (proofs.length === 0) return [];
  const { downProofFindings } = await import("./on_demand.ts");
  return downProofFindings(proofs);
}

/** Whether a target is about a file: a draft is tried behind files that are not reported. */
function isReported(target: PreparationRequest["target"], file: string | null): boolean {
  return target.direction !== "there-and-back" || target.only === null || file === target.only;
}

/** Acceptances of nothing, in the files of which every step was tried. */
function unusedFindings(
  migrations: readonly Migration[],
  { only, proves }: ThereAndBack,
  findings: readonly Finding[],
): readonly Finding[] {
  const tried = migrations.filter(({ file }) => only === null || file === only);
  return unusedAcceptances(tried, findings, proves ? "proven" : "rehearsed");
}

type SelectedSteps =
  | {
    readonly ok: true;
    readonly from: number;
    readonly to: number;
    readonly migrations: readonly Migration[];
    readonly steps: readonly PlanStep[];
  }
  | { readonly ok: false; readonly message: string };

function select(
  { target, migrations, findings }: PreparationRequest,
  { history, logged }: PreparationBase,
): SelectedSteps {
  if (target.direction === "there-and-back") {
    const applied = new Set(appliedEntries(history).map(({ version }) => version));
    const unique = uniqueVersions(migrations).filter(({ version }) => !applied.has(version));
    const from = currentVersion(history);
    const to = Math.max(from, unique.at(-1)?.version ?? 0);
    return { ok: true, from, to, migrations: unique, steps: thereAndBack(unique, target.only) };
  }
  const known = [...migrations, ...logged.migrations].sort((one, other) =>
    one.version - other.version
  );
  const selection = selectSteps(target, known, history, findings);
  if (!selection.ok) return selection;
  const steps = selection.migrations.map((migration) => planStep(migration, target.direction));
  return { ...selection, steps };
}

function missingFileRule(
  target: PreparationRequest["target"],
  { leaving, logged }: PreparationBase,
): (entry: HistoryEntry) => readonly Finding[] {
  if (target.direction !== "rollback") return (entry) => missingInApply(entry, logged);
  return (entry) => missingInRollback(entry, leaving, logged);
}

function notRehearsed(endless: PlanStep | undefined): Rehearsal {
  return {
    steps: [],
    stopped: [{ ...subjectOf(endless ?? NO_MIGRATION), reason: "timeout", after: 0 }],
    missing: [],
    queries: NO_QUERY_FACTS,
  };
}
