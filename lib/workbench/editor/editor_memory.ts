// What an editor that is closed had: its text, selection, and what can be undone. Runs anywhere.

const memories = new Map<string, unknown>();

/** What an editor had when it was closed; `undefined` if there is nothing. */
export function recallEditor(name: string): unknown {
  return memories.get(name);
}

/** Keeps what an editor has, until the page is left. */
export function keepEditor(name: string, state: unknown): void {
  memories.set(name, state);
}

/** Forgets an editor, whose text is begun anew. */
export function forgetEditor(name: string): void {
  memories.delete(name);
}
