// Keeps the drafts of the playground in the browser, one for each plugin and file. Runs in the
// browser.

import { formatKeptDraft, type KeptDraft, parseKeptDraft } from "../model/kept_draft.ts";
import { followStored, forget, recall, recallAll, remember } from "./remembered.ts";

const DRAFTS = "godwit.draft.";
const OPEN = "godwit.open-draft.";

/** A change that another tab has made to a draft. */
export interface OtherDraft {
  readonly plugin: string;
  readonly id: string;
  /** `null` if it was saved or discarded there. */
  readonly draft: KeptDraft | null;
  readonly before: KeptDraft | null;
}

/** Keeps a draft; returns whether a reload would bring it back. */
export function keepDraft(plugin: string, id: string, draft: KeptDraft): boolean {
  return remember(keyOf(plugin, id), formatKeptDraft(draft));
}

/** Deletes a kept draft. */
export function forgetDraft(plugin: string, id: string): void {
  forget(keyOf(plugin, id));
}

/** The kept drafts of a plugin, by id. */
export function keptDrafts(plugin: string): ReadonlyMap<string, KeptDraft> {
  const kept = [...recallAll(keyOf(plugin, ""))].sort(([one], [other]) => one < other ? -1 : 1);
  return new Map(kept.flatMap(([id, value]) => {
    const draft = parseKeptDraft(value);
    return draft === null ? [] : [[id, draft]];
  }));
}

/** Keeps which draft is open. */
export function keepOpen(plugin: string, id: string): void {
  remember(`${OPEN}${plugin}`, id);
}

/** The draft that was open last. */
export function openBefore(plugin: string): string | null {
  return recall(`${OPEN}${plugin}`);
}

/** Calls `listener` when another tab keeps or deletes a draft. */
export function followOtherTabs(listener: (change: OtherDraft) => void): void {
  followStored(DRAFTS, (name, value, before) => {
    // The name of a plugin has no dot.
    const [plugin = "", ...id] = name.split(".");
    listener({
      plugin,
      id: id.join("."),
      draft: parseKeptDraft(value ?? ""),
      before: parseKeptDraft(before ?? ""),
    });
  });
}

function keyOf(plugin: string, id: string): string {
  return `${DRAFTS}${plugin}.${id}`;
}
