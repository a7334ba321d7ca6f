// The playground's drafts: what was typed is lost to nothing. Deno has a storage as browsers have.

import * as assert from "uvu/assert";
import type { FileReport } from "../../../lib/browser/sandbox.ts";
import { DRAFT_TEXT } from "../../../lib/workbench/model/draft_file.ts";
import {
  editDraft,
  newDraft,
  openFile,
  openPlayground,
  openText,
  saveDraft,
  showDraft,
} from "../../../lib/workbench/state/draft.ts";
import { createStore, type DraftState, type Store } from "../../../lib/workbench/state/store.ts";
import { suite } from "../../support/suite.ts";

const drafts = suite("drafts of the playground");

// Deno has no address; what is shown is written to it.
const address = { hash: "" };
const write = (_state: unknown, _title: string, hash: string): void => {
  address.hash = hash;
};
for (
  const [name, value] of [
    ["location", address],
    ["history", { pushState: write, replaceState: write }],
  ] as const
) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}

drafts.before.each(() => localStorage.clear());
drafts.after.each(() => localStorage.clear());

function storeWith(...files: readonly string[]): Store {
  const store = createStore();
  const reports = files.map((file, index): FileReport => ({
    file,
    version: index + 1,
    name: null,
    checksum: null,
    text: `text of ${file}`,
    findings: [],
    effect: null,
  }));
  const report = { ok: true, value: { plugin: "notes", files: reports, findings: [] } } as const;
  store.reports.value = new Map([["notes", report]]);
  return store;
}

function openDraftOf(store: Store, plugin: string): DraftState | undefined {
  const playground = store.playgrounds.value.get(plugin);
  return playground?.drafts.get(playground.open);
}

function texts(store: Store): Readonly<Record<string, string>> {
  const all = store.playgrounds.value.get("notes")?.drafts ?? new Map();
  return Object.fromEntries([...all].map(([id, { text }]) => [id, text]));
}

drafts("openFile() shows a file, and leaves a draft that is not saved", () => {
  const store = storeWith("001_a.sql", "002_b.sql");
  openPlayground(store, "notes");
  editDraft(store, "notes", { text: "typed" });
  openFile(store, "notes", { file: "001_a.sql", text: "text of 001_a.sql" });
  assert.equal(texts(store), { new: "typed", "001_a.sql": "text of 001_a.sql" });
  assert.is(openDraftOf(store, "notes")?.file, "001_a.sql");
});

drafts("openFile() shows the draft of a file that is not saved in place of the file", () => {
  const store = storeWith("001_a.sql", "002_b.sql");
  openFile(store, "notes", { file: "001_a.sql", text: "text of 001_a.sql" });
  editDraft(store, "notes", { text: "typed" });
  openFile(store, "notes", { file: "002_b.sql", text: "text of 002_b.sql" });
  openFile(store, "notes", { file: "001_a.sql", text: "text of 001_a.sql" });
  assert.is(openDraftOf(store, "notes")?.text, "typed");
});

drafts("a file that was only looked at is no draft once another one is shown", () => {
  const store = storeWith("001_a.sql", "002_b.sql");
  openFile(store, "notes", { file: "001_a.sql", text: "text of 001_a.sql" });
  openFile(store, "notes", { file: "002_b.sql", text: "text of 002_b.sql" });
  assert.equal(texts(store), { "002_b.sql": "text of 002_b.sql" });
  newDraft(store, "notes");
  assert.equal(texts(store), { new: DRAFT_TEXT });
});

drafts("openText() takes the place of no draft, and finds the one that it has made", () => {
  const store = storeWith("001_a.sql");
  openText(store, "notes", { file: "002_b.sql", text: "generated" });
  editDraft(store, "notes", { text: "edited" });
  openText(store, "notes", { file: "002_b.sql", text: "generated" });
  assert.equal(texts(store), { "002_b.sql": "edited", "002_b.sql 2": "generated" });
  showDraft(store, "notes", "002_b.sql");
  openText(store, "notes", { file: "002_b.sql", text: "generated" });
  assert.is(Object.keys(texts(store)).length, 2);
  assert.is(openDraftOf(store, "notes")?.text, "generated");
});

drafts("an unedited new draft gets another number once its own is taken", () => {
  const store = storeWith("001_a.sql");
  openPlayground(store, "notes");
  assert.is(openDraftOf(store, "notes")?.file, "002_try_something.sql");
  store.reports.value = storeWith("001_a.sql", "002_b.sql").reports.value;
  openPlayground(store, "notes");
  assert.is(openDraftOf(store, "notes")?.file, "003_try_something.sql");
  editDraft(store, "notes", { text: "typed" });
  store.reports.value = storeWith("001_a.sql", "002_b.sql", "003_c.sql").reports.value;
  openPlayground(store, "notes");
  assert.is(openDraftOf(store, "notes")?.file, "003_try_something.sql");
});

drafts("the next visit has every draft that is not saved, and opens the same one", () => {
  const store = storeWith("001_a.sql");
  openPlayground(store, "notes");
  editDraft(store, "notes", { text: "one" });
  editDraft(store, "notes", { file: "002_one.sql" });
  openText(store, "notes", { file: "002_two.sql", text: "two" });
  openFile(store, "notes", { file: "001_a.sql", text: "text of 001_a.sql" });
  showDraft(store, "notes", "002_two.sql");
  const next = storeWith("001_a.sql");
  openPlayground(next, "notes");
  assert.equal(texts(next), { "002_two.sql": "two", new: "one" });
  assert.is(openDraftOf(next, "notes")?.text, "two");
  showDraft(next, "notes", "new");
  assert.is(openDraftOf(next, "notes")?.file, "002_one.sql");
  editDraft(next, "notes", { text: DRAFT_TEXT });
  const last = storeWith("001_a.sql");
  openPlayground(last, "notes");
  assert.equal(texts(last), { "002_two.sql": "two" });
});

drafts("a draft is not kept once a file of the plugin has its text", () => {
  const store = storeWith("001_a.sql");
  openText(store, "notes", { file: "002_b.sql", text: "text of 002_b.sql" });
  assert.is(localStorage.getItem("godwit.draft.notes.002_b.sql") === null, false);
  const next = storeWith("001_a.sql", "002_b.sql");
  openPlayground(next, "notes");
  assert.is(localStorage.getItem("godwit.draft.notes.002_b.sql"), null);
});

drafts("saveDraft() saves no file alone while the others have not been read", async () => {
  const store = createStore();
  openText(store, "notes", { file: "001_a.sql", text: "-- UP" });
  await saveDraft(store, "notes");
  assert.match(store.said.value, "not been read yet");
  assert.equal(texts(store), { "001_a.sql": "-- UP" });
});

drafts("saveDraft() leaves what was typed where it cannot be saved", async () => {
  const store = storeWith();
  openText(store, "notes", { file: "001_a.sql", text: "-- UP" });
  await saveDraft(store, "notes");
  assert.equal(texts(store), { "001_a.sql": "-- UP" });
});

drafts("a draft is said to be kept only where the browser keeps it", () => {
  const storage = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get() {
      throw new DOMException("no storage", "SecurityError");
    },
  });
  try {
    const store = storeWith("001_a.sql");
    openPlayground(store, "notes");
    assert.is(openDraftOf(store, "notes")?.isKept, true);
    editDraft(store, "notes", { text: "typed" });
    assert.is(openDraftOf(store, "notes")?.isKept, false);
    editDraft(store, "notes", { text: DRAFT_TEXT });
    assert.is(openDraftOf(store, "notes")?.isKept, true);
  } finally {
    if (storage !== undefined) Object.defineProperty(globalThis, "localStorage", storage);
  }
});

drafts.run();
