// Loads the editor, half of the page's code, when it is first needed. Runs in the browser.

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Outcome } from "../../outcome.ts";

type EditorPart = typeof import("./editor.ts");

const part = signal<Outcome<EditorPart> | null>(null);
let isLoading = false;

/** The editor; `null` while it is loaded. */
export function editorPart(): ReadonlySignal<Outcome<EditorPart> | null> {
  loadEditor();
  return part;
}

/** Loads the editor, unless it is loaded. */
export function loadEditor(): void {
  if (isLoading) return;
  isLoading = true;
  void load();
}

async function load(): Promise<void> {
  try {
    part.value = { ok: true, value: await import("./editor.ts") };
  } catch (error) {
    console.warn(error);
    const message = "The editor (editor.js) cannot be loaded from the server of this page";
    part.value = { ok: false, code: "not-loaded", message };
  }
}
