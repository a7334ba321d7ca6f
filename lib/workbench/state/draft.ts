// The playground: files that are rehearsed while they are typed. Runs in the browser.

import {
  DRAFT_TEXT,
  fileNameProblem,
  freeId,
  isOutnumbered,
  isUnsaved,
  nextFileName,
} from "../model/draft_file.ts";
import { parseFileName } from "../../migration/file_name.ts";
import { forgetEditor } from "../editor/editor_memory.ts";
import { ask } from "./ask.ts";
import { addFile, filesOf } from "./files.ts";
import {
  followOtherTabs,
  forgetDraft,
  keepDraft,
  keepOpen,
  keptDrafts,
  openBefore,
  type OtherDraft,
} from "./kept_drafts.ts";
import { type LatestWork, LatestWorks } from "./latest_work.ts";
import { goTo } from "./navigate.ts";
import { type DraftState, type Playground, type Store, withEntry, withoutEntry } from "./store.ts";

/** What a draft begins with. */
type Begun = Pick<DraftState, "file" | "text">;

const NEW = "new";

const rehearsals = new LatestWorks();

// An editor that shows a draft takes the text of another one with the same id by its edition.
let editions = 0;

/** The name under which the editor of the open draft keeps what can be undone. */
export function draftMemory(plugin: string, id: string): string {
  return `draft ${plugin} ${id}`;
}

/** Opens the playground with what was kept of it, or with a new draft. */
export function openPlayground(store: Store, plugin: string): void {
  const { drafts, open } = playgroundOf(store, plugin);
  const draft = drafts.get(open);
  if (draft === undefined || isOutnumbered(draft, filesOf(store, plugin))) newDraft(store, plugin);
  else if (draft.report === null) show(store, plugin, open);
}

/** Starts a draft for the next file. The others stay. */
export function newDraft(store: Store, plugin: string): void {
  const drafts = unsavedOf(store, plugin);
  const drafted = [...drafts.values()].map(({ file }) => ({
    version: parseFileName(file)?.version ?? null,
  }));
  const file = nextFileName([...filesOf(store, plugin), ...drafted]);
  add(store, plugin, freeId(NEW, drafts), { file, text: DRAFT_TEXT });
}

/** Shows a draft. The one that was shown stays if it is not saved. */
export function showDraft(store: Store, plugin: string, id: string): void {
  if (playgroundOf(store, plugin).drafts.has(id)) show(store, plugin, id);
}

/** Opens a file of the plugin in the playground, or the draft of it that is not saved. */
export function openFile(store: Store, plugin: string, begun: Begun): void {
  if (unsavedOf(store, plugin).has(begun.file)) show(store, plugin, begun.file);
  else add(store, plugin, begun.file, begun);
  goTo(store, { view: "playground" });
}

/** Opens a text that is no file yet in the playground. It never takes the place of a draft. */
export function openText(store: Store, plugin: string, begun: Begun): void {
  const others = unsavedOf(store, plugin);
  const [same] =
    [...others].find(([, { file, text }]) => file === begun.file && text === begun.text) ?? [];
  if (same !== undefined) show(store, plugin, same);
  else add(store, plugin, freeId(begun.file, others), begun);
  goTo(store, { view: "playground" });
}

/** Updates the open draft, keeps it in the browser, and rehearses it when typing pauses. */
export function editDraft(store: Store, plugin: string, edit: Partial<Begun>): void {
  const { open, drafts } = playgroundOf(store, plugin);
  const draft = drafts.get(open);
  if (draft === undefined) return;
  const edited = { ...draft, ...edit };
  if (edited.text === draft.text && edited.file === draft.file) return;
  const isKept = keep(store, plugin, open, edited);
  change(store, plugin, open, { ...edited, isKept, isRehearsing: true });
  rehearsalsOf(store, plugin).later();
}

/** Puts another text into the editor, which can undo that, and rehearses it. */
export function replaceDraft(store: Store, plugin: string, text: string): void {
  const { open, drafts } = playgroundOf(store, plugin);
  const draft = drafts.get(open);
  if (draft === undefined) return;
  change(store, plugin, open, { ...draft, edition: nextEdition() });
  editDraft(store, plugin, { text });
}

/** Rehearses the open draft again, after the files of the plugin have changed. */
export function rehearseDraft(store: Store, plugin: string): void {
  if (store.playgrounds.peek().has(plugin)) rehearsalsOf(store, plugin).now();
}

/** Saves the open draft to the plugin, together with the plugin's other files. */
export async function saveDraft(store: Store, plugin: string): Promise<void> {
  const { open, drafts } = playgroundOf(store, plugin);
  const draft = drafts.get(open);
  if (draft === undefined || fileNameProblem(draft.file) !== null) return;
  const isSaved = await addFile(store, plugin, draft);
  // Text typed in the meantime is not saved.
  if (isSaved && playgroundOf(store, plugin).drafts.get(open)?.text === draft.text) {
    remove(store, plugin, open);
  }
}

/** Deletes the open draft, after confirmation. */
export async function discardDraft(store: Store, plugin: string): Promise<void> {
  const { open, drafts } = playgroundOf(store, plugin);
  const draft = drafts.get(open);
  if (draft === undefined) return;
  const isAgreed = await ask(store, {
    title: "Discard this draft",
    text: `What you typed into ${draft.file} is deleted. Files of ${plugin} stay as they are.`,
    points: [],
    footnote: null,
    confirm: "Discard draft",
  });
  if (!isAgreed) return;
  remove(store, plugin, open);
  openPlayground(store, plugin);
}

/** Takes over what other tabs type into drafts of this one, and asks before a draft is lost. */
export function guardDrafts(store: Store): void {
  followOtherTabs((other) => follow(store, other));
  addEventListener("beforeunload", (event) => {
    const drafts = [...store.playgrounds.peek().values()]
      .flatMap((playground) => [...playground.drafts.values()]);
    const schemas = [...store.schemaDrafts.peek().values()];
    if ([...drafts, ...schemas].some(({ isKept }) => !isKept)) event.preventDefault();
  });
}

function follow(store: Store, { plugin, id, draft, before }: OtherDraft): void {
  const present = store.playgrounds.peek().get(plugin)?.drafts.get(id);
  if (draft === null) {
    // It was saved or discarded there, as it is here.
    if (present === undefined || present.text !== before?.text) return;
    remove(store, plugin, id);
    openPlayground(store, plugin);
    return;
  }
  if (!store.playgrounds.peek().has(plugin)) return;
  // The editor can undo it, so that what was typed here is not lost.
  change(store, plugin, id, { ...begin(draft), ...present, ...draft, edition: nextEdition() });
  // Each key of the other tab arrives here.
  rehearsalsOf(store, plugin).later();
}

function playgroundOf(store: Store, plugin: string): Playground {
  const present = store.playgrounds.peek().get(plugin);
  if (present !== undefined) return present;
  const kept = [...keptDrafts(plugin)].map(([id, draft]) => [id, begin(draft)] as const);
  const before = openBefore(plugin);
  const open = kept.find(([id]) => id === before)?.[0] ?? kept[0]?.[0] ?? NEW;
  const playground = { drafts: new Map(kept), open };
  put(store, plugin, playground);
  return playground;
}

/** The drafts that have what is nowhere else. */
function unsavedOf(store: Store, plugin: string): ReadonlyMap<string, DraftState> {
  const files = filesOf(store, plugin);
  return new Map(
    [...playgroundOf(store, plugin).drafts].filter(([, draft]) => isUnsaved(draft, files)),
  );
}

function begin({ file, text }: Begun): DraftState {
  const result = { isRehearsing: true, report: null, effect: null };
  return { file, text, edition: nextEdition(), isKept: true, ...result };
}

function nextEdition(): number {
  editions += 1;
  return editions;
}

function add(store: Store, plugin: string, id: string, begun: Begun): void {
  const draft = { ...begin(begun), isKept: keep(store, plugin, id, begun) };
  forgetEditor(draftMemory(plugin, id));
  put(store, plugin, { drafts: withEntry(unsavedOf(store, plugin), id, draft), open: id });
  show(store, plugin, id);
}

function show(store: Store, plugin: string, open: string): void {
  const { drafts } = playgroundOf(store, plugin);
  const unsaved = unsavedOf(store, plugin);
  const shown = [...drafts].filter(([id]) => id === open || unsaved.has(id));
  // A file of the plugin has the same text now.
  for (const id of drafts.keys()) if (!unsaved.has(id)) forgetDraft(plugin, id);
  put(store, plugin, { drafts: new Map(shown), open });
  keepOpen(plugin, open);
  rehearsalsOf(store, plugin).now();
}

function remove(store: Store, plugin: string, id: string): void {
  forgetDraft(plugin, id);
  forgetEditor(draftMemory(plugin, id));
  const { drafts, open } = playgroundOf(store, plugin);
  const left = withoutEntry(drafts, id);
  const [next = NEW] = left.keys();
  put(store, plugin, { drafts: left, open: open === id ? next : open });
}

/** Keeps a draft in the browser where it has what is nowhere else; returns whether that is safe. */
function keep(store: Store, plugin: string, id: string, draft: Begun): boolean {
  if (isUnsaved(draft, filesOf(store, plugin))) return keepDraft(plugin, id, draft);
  forgetDraft(plugin, id);
  return true;
}

function rehearsalsOf(store: Store, plugin: string): LatestWork {
  return rehearsals.of(plugin, { work: () => rehearse(store, plugin), stop: () => {} });
}

async function rehearse(store: Store, plugin: string): Promise<void> {
  const { open, drafts } = playgroundOf(store, plugin);
  const draft = drafts.get(open);
  const sandbox = store.sandbox.peek();
  if (draft === undefined || sandbox === null) return;
  const { file, text } = draft;
  change(store, plugin, open, { ...draft, isRehearsing: true });
  const report = await sandbox.files(plugin, { file, text });
  const latest = playgroundOf(store, plugin).drafts.get(open);
  // Findings of an older text would be at the wrong places, and this one is rehearsed next.
  if (latest === undefined || latest.text !== text || latest.file !== file) return;
  const effect = effectIn(report, file) ?? latest.effect;
  change(store, plugin, open, { ...latest, isRehearsing: false, report, effect });
}

function effectIn(report: DraftState["report"], file: string): DraftState["effect"] {
  return report?.ok === true
    ? report.value.files.find((each) => each.file === file)?.effect ?? null
    : null;
}

function change(store: Store, plugin: string, id: string, draft: DraftState): void {
  const { drafts, open } = playgroundOf(store, plugin);
  put(store, plugin, { drafts: withEntry(drafts, id, draft), open });
}

function put(store: Store, plugin: string, playground: Playground): void {
  store.playgrounds.value = withEntry(store.playgrounds.peek(), plugin, playground);
}
