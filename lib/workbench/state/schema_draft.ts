// A schema.sql that is edited, and the migration that is generated from it. Runs in the browser.

import type { GeneratedFile } from "../../browser/comparison.ts";
import type { RenameAnswer } from "../../rebuild/rename_questions.ts";
import { parseFileName } from "../../migration/file_name.ts";
import { formatKeptSchema, parseKeptSchema } from "../model/kept_schema.ts";
import { download } from "./download.ts";
import { addFile, filesOf } from "./files.ts";
import { type LatestWork, LatestWorks } from "./latest_work.ts";
import { goTo } from "./navigate.ts";
import { followStored, forget, recall, remember } from "./remembered.ts";
import { type SchemaDraft, type Store, withEntry } from "./store.ts";

const EMPTY: SchemaDraft = {
  text: null,
  edition: 0,
  description: "",
  renames: new Map(),
  isKept: true,
  isComparing: false,
  present: null,
  answer: null,
  shown: null,
};

const SCHEMAS = "godwit.schema.";

/** The comparisons of each plugin. */
const comparisons = new LatestWorks();

/** Starts with what was kept of an earlier visit, or with the schema of the files. */
export function openSchemaDraft(store: Store, plugin: string): void {
  if (store.schemaDrafts.peek().has(plugin)) return;
  const kept = parseKeptSchema(recall(keyOf(plugin)) ?? "");
  change(store, plugin, { ...EMPTY, ...kept });
  compareNow(store, plugin);
}

/** Updates the text or the description, and compares when typing pauses. */
export function editSchemaDraft(
  store: Store,
  plugin: string,
  edit: Partial<Pick<SchemaDraft, "description">> & { readonly text?: string },
): void {
  if (update(store, plugin, edit)) comparisonsOf(store, plugin).later();
}

/** Says what became of a table or a column. */
export function answerRename(
  store: Store,
  plugin: string,
  name: string,
  answer: RenameAnswer,
): void {
  const draft = store.schemaDrafts.value.get(plugin);
  if (draft === undefined) return;
  update(store, plugin, { renames: withEntry(draft.renames, name, answer) });
  comparisonsOf(store, plugin).now();
}

/** Goes back to the schema of the files. The editor can undo it. */
export function resetSchemaDraft(store: Store, plugin: string): void {
  const draft = store.schemaDrafts.value.get(plugin);
  if (draft?.present == null) return;
  const { present: text, edition } = draft;
  update(store, plugin, { text, edition: edition + 1, description: "", renames: new Map() });
  comparisonsOf(store, plugin).now();
}

/** Compares again, after the files of the plugin have changed. */
export function compareNow(store: Store, plugin: string): void {
  if (!store.schemaDrafts.peek().has(plugin)) return;
  comparisonsOf(store, plugin).now();
}

/** Saves the generated file as a file of the plugin. It is not applied. */
export async function createFile(
  store: Store,
  plugin: string,
  { file, text }: GeneratedFile,
): Promise<void> {
  const number = parseFileName(file)?.version ?? 0;
  if (filesOf(store, plugin).some(({ version }) => version !== null && version >= number)) {
    store.said.value = `${plugin} has a file ${number} now; the file is generated again`;
    compareNow(store, plugin);
    return;
  }
  if (!await addFile(store, plugin, { file, text })) return;
  update(store, plugin, { description: "", renames: new Map() });
  compareNow(store, plugin);
  store.said.value = `Created ${file}; it is not applied yet`;
  goTo(store, { step: String(number) });
}

/** Downloads the generated file. */
export function downloadFile({ file, text }: GeneratedFile): void {
  download(file, text, "application/sql");
}

/** Takes over what other tabs type into the schemas of this one. The editor can undo it. */
export function followOtherSchemas(store: Store): void {
  followStored(SCHEMAS, (plugin, value) => {
    const draft = store.schemaDrafts.peek().get(plugin);
    const kept = parseKeptSchema(value ?? "");
    if (draft === undefined || kept === null) return;
    change(store, plugin, { ...draft, ...kept, edition: draft.edition + 1, isComparing: true });
    // Each key of the other tab arrives here.
    comparisonsOf(store, plugin).later();
  });
}

function comparisonsOf(store: Store, plugin: string): LatestWork {
  return comparisons.of(plugin, {
    work: (id) => compare(store, plugin, id),
    stop: (id) => void store.sandbox.peek()?.stopQuery(id),
  });
}

async function compare(store: Store, plugin: string, id: string): Promise<void> {
  const draft = store.schemaDrafts.peek().get(plugin);
  const sandbox = store.sandbox.peek();
  if (draft === undefined || sandbox === null) return;
  change(store, plugin, { ...draft, isComparing: true });
  const { text: schema, description, renames } = draft;
  const answer = await sandbox.compareSchema(plugin, { schema, description, renames, id });
  const latest = store.schemaDrafts.peek().get(plugin);
  // Positions and files of an older text would be wrong for this one, which is compared next.
  if (latest === undefined || !isSameInput(latest, draft)) return;
  const found = answer.ok ? answer.value.found : null;
  const compared = followPresent({
    ...latest,
    isComparing: false,
    answer,
    present: answer.ok ? answer.value.present : latest.present,
    shown: found === null || found.kind === "wrong" ? latest.shown : found,
  }, latest.present);
  change(store, plugin, compared);
  if (compared.text === compared.present) forget(keyOf(plugin));
}

/** A text that is as the files were follows them. */
function followPresent(draft: SchemaDraft, before: string | null): SchemaDraft {
  const { text, present, edition } = draft;
  const isUntouched = text === null || text === before;
  if (!isUntouched || present === null || text === present) return draft;
  const found = { kind: "same" } as const;
  const answer = { ok: true, value: { present, found } } as const;
  return { ...draft, text: present, edition: edition + 1, answer, shown: found };
}

function isSameInput(one: SchemaDraft, other: SchemaDraft): boolean {
  return one.text === other.text && one.description === other.description &&
    one.renames === other.renames;
}

/** Changes what the user has said, and keeps it in the browser; returns whether it changed. */
function update(store: Store, plugin: string, edit: Partial<SchemaDraft>): boolean {
  const draft = store.schemaDrafts.peek().get(plugin);
  if (draft === undefined) return false;
  const edited = { ...draft, ...edit };
  if (isSameInput(edited, draft)) return false;
  change(store, plugin, { ...edited, isKept: keep(plugin, edited), isComparing: true });
  return true;
}

/** Keeps a draft in the browser where it has what is nowhere else; returns whether that is safe. */
function keep(plugin: string, { text, present, ...rest }: SchemaDraft): boolean {
  if (text !== null && text !== present) {
    return remember(keyOf(plugin), formatKeptSchema({ text, ...rest }));
  }
  forget(keyOf(plugin));
  return true;
}

function keyOf(plugin: string): string {
  return `${SCHEMAS}${plugin}`;
}

function change(store: Store, plugin: string, draft: SchemaDraft): void {
  store.schemaDrafts.value = withEntry(store.schemaDrafts.peek(), plugin, draft);
}
