// keepDraft(): what was typed is lost to nothing.

import * as assert from "uvu/assert";
import { keepDraft } from "../../../lib/workbench/state/draft.ts";
import { createStore, type Store } from "../../../lib/workbench/state/store.ts";
import { suite } from "../../support/suite.ts";

const draft = suite("keepDraft()");

function storeWithDraft(): Store {
  const store = createStore();
  const typed = { file: "001_a.sql", text: "-- UP", edition: 0, isRehearsing: false } as const;
  store.drafts.value = new Map([["notes", { ...typed, report: null, effect: null }]]);
  return store;
}

draft("keeps no file alone while the others have not been read", async () => {
  const store = storeWithDraft();
  await keepDraft(store, "notes");
  assert.match(store.said.value ?? "", "not been read yet");
  assert.ok(store.drafts.value.has("notes"));
});

draft("leaves what was typed where it cannot be saved", async () => {
  const store = storeWithDraft();
  const report = { ok: true, value: { plugin: "notes", files: [], findings: [] } } as const;
  store.reports.value = new Map([["notes", report]]);
  await keepDraft(store, "notes");
  assert.ok(store.drafts.value.has("notes"));
});

draft.run();
