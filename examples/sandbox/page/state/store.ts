// Everything that the page knows, as signals in one place. Runs in the browser.

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { KeptFile } from "../../../../lib/browser/kept_files.ts";
import type {
  DataRows,
  FileReport,
  FilesReport,
  PluginEntry,
  Sandbox,
  SandboxState,
} from "../../../../lib/browser/sandbox.ts";
import type { Reply } from "../../../../lib/message/any_reply.ts";
import type { StatusReply } from "../../../../lib/message/reply.ts";
import type { Schema } from "../../../../lib/sqlite/schema.ts";
import type { Outcome } from "../../../../lib/worker/session.ts";
import { type Place, START } from "../model/place.ts";
import type { RunOutcome } from "../model/run_outcome.ts";
import type { RunProgress } from "../model/run_progress.ts";
import { deriveTimeline, type TimelineStep } from "../model/timeline.ts";
import type { Exchange } from "../model/wire_log.ts";

/** Something to be agreed to before it happens. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** What would be lost, one line each. */
  readonly points: readonly string[];
  readonly footnote: string | null;
  /** What the button that agrees says. */
  readonly confirm: string;
  readonly answer: (isAgreed: boolean) => void;
}

/** SQL files whose plugin is not known yet. */
export interface Naming {
  readonly files: readonly KeptFile[];
  readonly suggestion: string;
}

/** The table browser of the plugin that is shown. */
export interface Browsing {
  readonly schema: Outcome<Schema> | null;
  readonly table: string | null;
  readonly page: number;
  readonly rows: Outcome<DataRows> | null;
  /** Rows of the table; `null` while they are counted. */
  readonly total: number | null;
  /** Names of backups, the newest first. */
  readonly backups: readonly string[];
}

/** The SQL prompt of the plugin that is shown. */
export interface Prompt {
  readonly sql: string;
  readonly mayWrite: boolean;
  readonly isRunning: boolean;
  readonly result: { readonly rows: Outcome<DataRows>; readonly ms: number } | null;
}

/** A file that is being edited. */
export interface DraftState {
  readonly file: string;
  readonly text: string;
  readonly isRehearsing: boolean;
  readonly report: Outcome<FilesReport> | null;
  /** What it did when it last ran to its end. */
  readonly effect: FileReport["effect"];
}

/** Which colours the page has. */
export type Theme = "system" | "light" | "dark";

/** The state of the page. Components read it; only the functions in this folder write it. */
export interface Store {
  /** `null` until it is opened. */
  readonly sandbox: Signal<Sandbox | null>;
  /** Why it could not be opened. */
  readonly startProblem: Signal<string | null>;
  readonly state: Signal<SandboxState>;
  readonly place: Signal<Place>;
  readonly theme: Signal<Theme>;
  /** `null` until they are known. */
  readonly plugins: Signal<readonly PluginEntry[] | null>;
  /** Why there may be plugins missing. */
  readonly sourceProblems: Signal<readonly string[]>;
  readonly statuses: Signal<ReadonlyMap<string, Reply>>;
  readonly reports: Signal<ReadonlyMap<string, Outcome<FilesReport>>>;
  /** Runs that go on, whoever asked for them. */
  readonly running: Signal<ReadonlyMap<string, RunProgress>>;
  /** Plugins with a request of this page under way. */
  readonly busy: Signal<ReadonlySet<string>>;
  readonly outcomes: Signal<ReadonlyMap<string, RunOutcome>>;
  readonly question: Signal<Question | null>;
  readonly naming: Signal<Naming | null>;
  readonly isNatsOpen: Signal<boolean>;
  readonly browsing: Signal<Browsing>;
  readonly prompt: Signal<Prompt>;
  readonly drafts: Signal<ReadonlyMap<string, DraftState>>;
  readonly exchanges: Signal<readonly Exchange[]>;
  readonly isLogPaused: Signal<boolean>;
  /** What is shown for a while, and told to screen readers. */
  readonly said: Signal<string>;
  /** What screen readers are told where everybody else sees it anyway. */
  readonly announced: Signal<string>;
  /** The plugin that is shown. */
  readonly entry: ReadonlySignal<PluginEntry | null>;
  /** Its status; `null` until it is known, or where it could not be told. */
  readonly status: ReadonlySignal<StatusReply | null>;
  readonly report: ReadonlySignal<Outcome<FilesReport> | null>;
  readonly timeline: ReadonlySignal<readonly TimelineStep[]>;
  /** The step that is shown; `null` is the empty database at the beginning. */
  readonly step: ReadonlySignal<TimelineStep | null>;
}

/** The table browser before anything is known. */
export const NOT_BROWSING: Browsing = {
  schema: null,
  table: null,
  page: 0,
  rows: null,
  total: null,
  backups: [],
};

/** The SQL prompt before anything was typed. */
export const EMPTY_PROMPT: Prompt = { sql: "", mayWrite: false, isRunning: false, result: null };

/** The step key that stands for the empty database. */
export const BEGINNING = "0";

/** Makes the state of a page that knows nothing yet. */
export function createStore(): Store {
  const place = signal<Place>(START);
  const plugins = signal<readonly PluginEntry[] | null>(null);
  const statuses = signal<ReadonlyMap<string, Reply>>(new Map());
  const reports = signal<ReadonlyMap<string, Outcome<FilesReport>>>(new Map());
  const entry = computed(() =>
    plugins.value?.find(({ name }) => name === place.value.plugin) ?? null
  );
  const status = computed(() => statusOf(statuses.value.get(entry.value?.name ?? "")));
  const report = computed(() => reports.value.get(entry.value?.name ?? "") ?? null);
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
    }),
    place,
    theme: signal<Theme>("system"),
    plugins,
    sourceProblems: signal([]),
    statuses,
    reports,
    running: signal(new Map()),
    busy: signal(new Set()),
    outcomes: signal(new Map()),
    question: signal(null),
    naming: signal(null),
    isNatsOpen: signal(false),
    browsing: signal(NOT_BROWSING),
    prompt: signal(EMPTY_PROMPT),
    drafts: signal(new Map()),
    exchanges: signal([]),
    isLogPaused: signal(false),
    said: signal(""),
    announced: signal(""),
    entry,
    status,
    report,
    timeline,
    step: computed(() => chooseStep(timeline.value, place.value.step)),
  };
}

/** A status reply; `null` for every other. */
export function statusOf(reply: Reply | undefined): StatusReply | null {
  return reply?.success === true && reply.verb === "status" ? reply : null;
}

/** A map with one entry more, or another one in its place. */
export function withEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> {
  return new Map(map).set(key, value);
}

/** A map without an entry. */
export function withoutEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
): ReadonlyMap<Key, Value> {
  return new Map([...map].filter(([each]) => each !== key));
}

// Without a choice, the next thing to do is shown: the first step that is not applied.
function chooseStep(steps: readonly TimelineStep[], key: string | null): TimelineStep | null {
  if (key === BEGINNING) return null;
  return steps.find((step) => step.key === key) ??
    steps.find(({ isApplied }) => !isApplied) ??
    steps.findLast(({ isApplied }) => isApplied) ??
    null;
}
