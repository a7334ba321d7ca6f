// The playground: a file that is rehearsed while it is typed. Runs in the browser.

import { DRAFT_TEXT, fileNameProblem, nextFileName } from "../model/draft_file.ts";
import { addFile, filesOf } from "./files.ts";
import { goTo } from "./navigate.ts";
import { type DraftState, type Store, withEntry, withoutEntry } from "./store.ts";

// Long enough to type a word, short enough to feel immediate.
const DEBOUNCE_MS = 150;

let timer: ReturnType<typeof setTimeout> | undefined;
let latest = 0;

/** Starts a draft for a plugin, unless there is one. */
export function openDraft(store: Store, plugin: string): void {
  if (store.drafts.peek().has(plugin)) return;
  const file = nextFileName(filesOf(store, plugin));
  change(store, plugin, {
    file,
    text: DRAFT_TEXT,
    edition: 0,
    isRehearsing: false,
    report: null,
    effect: null,
  });
  void rehearseDraft(store, plugin);
}

/** Opens a file in the playground. */
export function openInPlayground(
  store: Store,
  plugin: string,
  { file, text }: Pick<DraftState, "file" | "text">,
): void {
  change(store, plugin, {
    file,
    text,
    edition: 0,
    isRehearsing: false,
    report: null,
    effect: null,
  });
  void rehearseDraft(store, plugin);
  goTo(store, { view: "playground" });
}

/** Updates the draft, and rehearses it when typing pauses. */
export function editDraft(
  store: Store,
  plugin: string,
  edit: Partial<Pick<DraftState, "file" | "text">>,
): void {
  const draft = store.drafts.value.get(plugin);
  if (draft === undefined) return;
  change(store, plugin, { ...draft, ...edit, isRehearsing: true });
  clearTimeout(timer);
  timer = setTimeout(() => void rehearseDraft(store, plugin), DEBOUNCE_MS);
}

/** Puts another text into the editor, which can undo that, and rehearses it. */
export function replaceDraft(store: Store, plugin: string, text: string): void {
  const draft = store.drafts.value.get(plugin);
  if (draft === undefined) return;
  change(store, plugin, { ...draft, edition: draft.edition + 1 });
  editDraft(store, plugin, { text });
}

/** Rehearses a draft. Only the answer to the last request counts. */
export async function rehearseDraft(store: Store, plugin: string): Promise<void> {
  const draft = store.drafts.peek().get(plugin);
  const sandbox = store.sandbox.peek();
  if (draft === undefined || sandbox === null) return;
  latest += 1;
  const own = latest;
  change(store, plugin, { ...draft, isRehearsing: true });
  const report = await sandbox.files(plugin, { file: draft.file, text: draft.text });
  const present = store.drafts.peek().get(plugin);
  if (own !== latest || present === undefined) return;
  const isStale = present.text !== draft.text || present.file !== draft.file;
  const effect = effectIn(report, draft.file) ?? present.effect;
  change(store, plugin, { ...present, isRehearsing: isStale, report, effect });
}

/** Saves the draft to the plugin, together with the plugin's other files. */
export async function keepDraft(store: Store, plugin: string): Promise<void> {
  const draft = store.drafts.value.get(plugin);
  if (draft === undefined || fileNameProblem(draft.file) !== null) return;
  const isSaved = await addFile(store, plugin, draft);
  // Text typed in the meantime is not saved.
  if (isSaved && store.drafts.value.get(plugin)?.text === draft.text) {
    store.drafts.value = withoutEntry(store.drafts.value, plugin);
  }
}

function effectIn(report: DraftState["report"], file: string): DraftState["effect"] {
  return report?.ok === true
    ? report.value.files.find((each) => each.file === file)?.effect ?? null
    : null;
}

function change(store: Store, plugin: string, draft: DraftState): void {
  store.drafts.value = withEntry(store.drafts.peek(), plugin, draft);
}
