// The statements of the prompt: a write is tried first, and one that deletes or overwrites rows is
// backed up. Runs in the browser.

import type { DataQuery, DataRows, Sandbox } from "../../browser/sandbox.ts";
import type { Outcome } from "../../outcome.ts";
import type { WantedRestore } from "../model/run_outcome.ts";
import { describeWrite } from "../model/write_words.ts";
import { ask } from "./ask.ts";
import { request } from "./request.ts";
import { restoreBackup } from "./restore.ts";
import type { Prompt, Store } from "./store.ts";

// Enough to look at. An export has everything.
const PROMPT_ROWS = 500;

/** Updates the text of the prompt. */
export function typePrompt(store: Store, sql: string): void {
  store.prompt.value = { ...store.prompt.value, sql };
}

/** Allows or forbids statements that write. */
export function allowWriting(store: Store, mayWrite: boolean): void {
  store.prompt.value = { ...store.prompt.value, mayWrite };
}

/** Runs the statement of the prompt. What the last one found goes. */
export async function runPrompt(store: Store): Promise<void> {
  const { plugin } = store.route.value;
  const sandbox = store.sandbox.value;
  const { sql, mayWrite, running } = store.prompt.value;
  if (sandbox === null || plugin === null || running !== null || sql.trim() === "") return;
  const id = crypto.randomUUID();
  store.prompt.value = { ...store.prompt.value, running: id, result: null };
  const query = { sql, limit: PROMPT_ROWS, id };
  const result = mayWrite
    ? await write(store, sandbox, plugin, query)
    : await timed(sandbox, plugin, { ...query, access: "read" });
  // Another plugin may have been selected since.
  if (store.prompt.value.running !== id) return;
  store.prompt.value = { ...store.prompt.value, running: null, result };
}

/** Stops the statement of the prompt. */
export async function stopPrompt(store: Store): Promise<void> {
  const { running } = store.prompt.value;
  if (running === null) return;
  const stopped = await store.sandbox.value?.stopQuery(running);
  if (stopped?.ok === false) store.said.value = stopped.message;
}

/** Restores the backup that was made before the statement. */
export async function undoStatement(
  store: Store,
  plugin: string,
  undo: WantedRestore,
): Promise<void> {
  await restoreBackup(store, plugin, undo);
  const outcome = store.outcomes.value.get(plugin)?.outcome;
  const isRestored = outcome?.kind === "restore" && outcome.reply.success &&
    outcome.reply.restored === undo.backup;
  if (isRestored) store.prompt.value = { ...store.prompt.value, result: null };
}

type Result = NonNullable<Prompt["result"]>;

async function write(
  store: Store,
  sandbox: Sandbox,
  plugin: string,
  query: Omit<DataQuery, "access">,
): Promise<Result> {
  const tried = await timed(sandbox, plugin, { ...query, access: "try" });
  const { rows } = tried;
  // Nothing would change, so nothing has to run.
  if (!rows.ok || rows.value.write === null) return tried;
  const { write, changes } = rows.value;
  const isNothing = changes + write.furtherChanges === 0;
  if (isNothing) return tried;
  if (!write.overwrites) return await timed(sandbox, plugin, { ...query, access: "write" });
  const words = describeWrite(write, changes);
  const isAgreed = await ask(store, {
    title: "Run this statement",
    text: `Tried on your rows and undone, it would ${words}.`,
    points: [],
    footnote: "The database is backed up first, so that this can be undone.",
    confirm: "Back up and run",
  });
  if (!isAgreed) return failed("declined", `Not run: it would ${words}`);
  const backup = await request(store, "backup", plugin, { applied_by: "sandbox" });
  if (!backup.success) return failed("no-backup", `Not run, without a backup: ${backup.message}`);
  const written = await timed(sandbox, plugin, { ...query, access: "write" });
  if (!written.rows.ok) return written;
  const undo = { title: "Undo this statement", backup: backup.backup, version: null };
  return { ...written, undo };
}

async function timed(sandbox: Sandbox, plugin: string, query: DataQuery): Promise<Result> {
  const begun = performance.now();
  const rows: Outcome<DataRows> = await sandbox.query(plugin, query);
  return { rows, ms: performance.now() - begun, undo: null };
}

function failed(code: string, message: string): Result {
  return { rows: { ok: false, code, message }, ms: 0, undo: null };
}
