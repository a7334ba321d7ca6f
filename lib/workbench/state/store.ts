// The state of the page, as signals. Runs in the browser.

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { SavedFile } from "../../browser/owner/saved_files.ts";
import type { SchemaComparison, SchemaFinding } from "../../browser/comparison.ts";
import type {
  FileReport,
  FilesReport,
  FleetReading,
  PluginEntry,
  Sandbox,
  SandboxState,
} from "../../browser/sandbox.ts";
import type { Reply } from "../../message/any_reply.ts";
import type { AttemptEntry, UnreadableEntry } from "../../message/history_reply.ts";
import type { StatusReply } from "../../message/reply.ts";
import type { RenameAnswers } from "../../rebuild/rename_questions.ts";
import type { Outcome } from "../../outcome.ts";
import type { FleetPlace } from "../model/fleet_place.ts";
import { type Route, START } from "../model/route.ts";
import type { RunProgress } from "../model/run_progress.ts";
import type { ShownOutcome } from "../model/shown_outcome.ts";
import type { Shared } from "../model/shared.ts";
import { type BrowsedTable, browsedTables } from "../model/table_query.ts";
import { rehearsedStatus } from "../model/rehearsed_status.ts";
import { deriveTimeline, type TimelineStep } from "../model/timeline.ts";
import type { Exchange } from "../model/wire_log.ts";
import {
  type Browsing,
  type EditedCell,
  EMPTY_PROMPT,
  NOT_BROWSING,
  type OpenedDatabase,
  type Prompt,
} from "./data_state.ts";

/** A question to confirm before something is done. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** The losses, one line for each. */
  readonly points: readonly string[];
  readonly footnote: string | null;
  /** The label of the button that confirms. */
  readonly confirm: string;
  readonly answer: (isAgreed: boolean) => void;
}

/** SQL files without a plugin. */
export interface Naming {
  readonly files: readonly SavedFile[];
  readonly suggestion: string;
}

/** The log of the selected plugin's database. */
export interface History {
  /** Newest first; `null` until they are read. */
  readonly entries: readonly AttemptEntry[] | null;
  /** The rows among them that another program has written. */
  readonly unreadable: readonly UnreadableEntry[];
  /** How many the log has. */
  readonly total: number;
  /** Why the log cannot be read. */
  readonly problem: string | null;
}

/** A file in the playground. */
export interface DraftState {
  readonly file: string;
  readonly text: string;
  /** Counts how often the page, and not the user, has changed the text. */
  readonly edition: number;
  /** Whether a reload would bring it back. */
  readonly isKept: boolean;
  readonly isRehearsing: boolean;
  readonly report: Outcome<FilesReport> | null;
  /** The effect of the last rehearsal that completed. */
  readonly effect: FileReport["effect"];
}

/** The playground of a plugin: one draft for each file that is edited. */
export interface Playground {
  /** By id: the name of the file that it began as, or `new`. */
  readonly drafts: ReadonlyMap<string, DraftState>;
  /** The id of the one that is shown. */
  readonly open: string;
}

/** The schema.sql that is edited. The next migration is generated from it. */
export interface SchemaDraft {
  /** `null` until the schema of the files is known. */
  readonly text: string | null;
  /** Counts how often the page, and not the user, has changed the text. */
  readonly edition: number;
  /** What the change is for. */
  readonly description: string;
  readonly renames: RenameAnswers;
  /** Whether a reload would bring it back. */
  readonly isKept: boolean;
  readonly isComparing: boolean;
  /** The schema of the files, as it was compared last. */
  readonly present: string | null;
  /** The answer to the last comparison. */
  readonly answer: Outcome<SchemaComparison> | null;
  /** What the last text without an error led to. */
  readonly shown: Exclude<SchemaFinding, { readonly kind: "wrong" }> | null;
}

/** The colour theme. */
export type Theme = "system" | "light" | "dark";

/** The state of the page. Components read it; only the functions in this folder write it. */
export interface Store {
  /** `null` until the sandbox is open. */
  readonly sandbox: Signal<Sandbox | null>;
  /** Why the sandbox could not be opened. */
  readonly startProblem: Signal<string | null>;
  readonly state: Signal<SandboxState>;
  readonly route: Signal<Route>;
  readonly theme: Signal<Theme>;
  /** `null` until the list is loaded. */
  readonly plugins: Signal<readonly PluginEntry[] | null>;
  /** Why plugins may be missing. */
  readonly sourceProblems: Signal<readonly string[]>;
  readonly statuses: Signal<ReadonlyMap<string, Reply>>;
  /** The plugin whose status is that of an earlier visit, until the sandbox has answered. */
  readonly seen: Signal<string | null>;
  readonly reports: Signal<ReadonlyMap<string, Outcome<FilesReport>>>;
  /** Runs in progress, from any client. */
  readonly running: Signal<ReadonlyMap<string, RunProgress>>;
  /** Plugins for which this page waits for a reply. */
  readonly busy: Signal<ReadonlySet<string>>;
  /** Whether a run of a plugin is in progress, or this page waits for a reply. */
  readonly isBusy: (plugin: string) => boolean;
  readonly outcomes: Signal<ReadonlyMap<string, ShownOutcome>>;
  readonly question: Signal<Question | null>;
  readonly naming: Signal<Naming | null>;
  readonly opening: Signal<OpenedDatabase | null>;
  readonly editing: Signal<EditedCell | null>;
  /** The files of a link; `null` while a plugin is shown. */
  readonly shared: Signal<Shared | null>;
  /** Which nodes of the fleet are shown; `null` while a plugin or a link is. */
  readonly fleetPlace: Signal<FleetPlace | null>;
  /** The fleet, or why it cannot be read; `null` until it is read. */
  readonly fleet: Signal<Outcome<FleetReading> | null>;
  readonly isNatsOpen: Signal<boolean>;
  /** Whether the last connection to NATS had a login, which is not kept. */
  readonly needsLogin: Signal<boolean>;
  readonly browsing: Signal<Browsing>;
  readonly history: Signal<History>;
  readonly prompt: Signal<Prompt>;
  readonly playgrounds: Signal<ReadonlyMap<string, Playground>>;
  readonly schemaDrafts: Signal<ReadonlyMap<string, SchemaDraft>>;
  readonly exchanges: Signal<readonly Exchange[]>;
  readonly isLogPaused: Signal<boolean>;
  /** The message that is shown for a while, also to screen readers. */
  readonly said: Signal<string>;
  /** A message for screen readers about a change that is visible on the page. */
  readonly announced: Signal<string>;
  /** The selected plugin. */
  readonly entry: ReadonlySignal<PluginEntry | null>;
  /** Its status; `null` until it is loaded, or if the request failed. */
  readonly status: ReadonlySignal<StatusReply | null>;
  readonly report: ReadonlySignal<Outcome<FilesReport> | null>;
  readonly timeline: ReadonlySignal<readonly TimelineStep[]>;
  /** The selected step; `null` is the empty database before the first migration. */
  readonly step: ReadonlySignal<TimelineStep | null>;
  /** The key of a step that the address names and the plugin does not have. */
  readonly missingStep: ReadonlySignal<string | null>;
  /** The table that Data shows; `null` if there is none, or not the one that is named. */
  readonly table: ReadonlySignal<BrowsedTable | null>;
}

/** The initial state of the history. */
export const NO_HISTORY: History = { entries: null, unreadable: [], total: -1, problem: null };

/** How many entries of the history are read, those that cannot be shown included. */
export function shownEntries({ entries, unreadable }: History): number {
  return (entries?.length ?? 0) + unreadable.length;
}

/** The step key of the empty database. */
export const BEGINNING = "0";

/** Makes the initial state of the page. */
export function createStore(): Store {
  const route = signal<Route>(START);
  const running = signal<ReadonlyMap<string, RunProgress>>(new Map());
  const busy = signal<ReadonlySet<string>>(new Set());
  const plugins = signal<readonly PluginEntry[] | null>(null);
  const browsing = signal(NOT_BROWSING);
  const statuses = signal<ReadonlyMap<string, Reply>>(new Map());
  const reports = signal<ReadonlyMap<string, Outcome<FilesReport>>>(new Map());
  const entry = computed(() =>
    plugins.value?.find(({ name }) => name === route.value.plugin) ?? null
  );
  const report = computed(() => reports.value.get(entry.value?.name ?? "") ?? null);
  const status = computed(() => {
    const reply = statusOf(statuses.value.get(entry.value?.name ?? ""));
    const files = report.value?.ok === true ? report.value.value : null;
    return reply === null ? null : rehearsedStatus(reply, files);
  });
  const timeline = computed(() =>
    deriveTimeline(status.value, report.value?.ok === true ? report.value.value : null)
  );
  return {
    sandbox: signal(null),
    startProblem: signal(null),
    state: signal<SandboxState>({
      role: "waiting",
      storage: null,
      engineVersion: null,
      nats: { kind: "off" },
      node: { kind: "off" },
    }),
    route,
    theme: signal<Theme>("system"),
    plugins,
    sourceProblems: signal([]),
    statuses,
    seen: signal(null),
    reports,
    running,
    busy,
    isBusy: (plugin) => busy.value.has(plugin) || running.value.has(plugin),
    outcomes: signal(new Map()),
    question: signal(null),
    naming: signal(null),
    opening: signal(null),
    editing: signal(null),
    shared: signal(null),
    fleetPlace: signal(null),
    fleet: signal(null),
    isNatsOpen: signal(false),
    needsLogin: signal(false),
    browsing,
    history: signal(NO_HISTORY),
    prompt: signal(EMPTY_PROMPT),
    playgrounds: signal(new Map()),
    schemaDrafts: signal(new Map()),
    exchanges: signal([]),
    isLogPaused: signal(false),
    said: signal(""),
    announced: signal(""),
    entry,
    status,
    report,
    timeline,
    step: computed(() => chooseStep(timeline.value, route.value.step)),
    missingStep: computed(() => {
      const { step } = route.value;
      const isKnown = step === null || step === BEGINNING || report.value === null ||
        timeline.value.some(({ key }) => key === step);
      return isKnown ? null : step;
    }),
    table: computed(() => {
      const { schema } = browsing.value;
      const tables = schema?.ok === true ? browsedTables(schema.value) : [];
      const { table } = route.value;
      return tables.find(({ name }) => table === null || name === table) ?? null;
    }),
  };
}

/** The reply if it is one to status; `null` otherwise. */
export function statusOf(reply: Reply | undefined): StatusReply | null {
  return reply?.success === true && reply.verb === "status" ? reply : null;
}

/** A copy of a map with an entry added or replaced. */
export function withEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> {
  return new Map(map).set(key, value);
}

/** A copy of a map without an entry. */
export function withoutEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
): ReadonlyMap<Key, Value> {
  return new Map([...map].filter(([each]) => each !== key));
}

// By default, select the first step that is not applied.
function chooseStep(steps: readonly TimelineStep[], key: string | null): TimelineStep | null {
  if (key === BEGINNING) return null;
  return steps.find((step) => step.key === key) ??
    steps.find(({ isApplied }) => !isApplied) ??
    steps.findLast(({ isApplied }) => isApplied) ??
    null;
}
