// The statements of the prompt: a write is tried first, and one that deletes or overwrites rows is
// backed up. Runs in the browser.

import type { DataQuery, DataRows, Sandbox } from "../../browser/sandbox.ts";
import type { Outcome } from "../../outcome.ts";
import { withoutPosition } from "../model/prompt_findings.ts";
import type { WantedRestore } from "../model/run_outcome.ts";
import { formatHistory, parseHistory, withStatement } from "../model/statement_history.ts";
import { describeWrite } from "../model/write_words.ts";
import { ask } from "./ask.ts";
import { stopCounting } from "./browse.ts";
import { goTo } from "./navigate.ts";
import { forget, recall, remember } from "./remembered.ts";
import { request } from "./request.ts";
import { restoreBackup } from "./restore.ts";
import type { Prompt, StatementResult } from "./data_state.ts";
import type { Store } from "./store.ts";

// Enough to look at. An export has everything.
const PROMPT_ROWS = 500;

const HISTORY = "godwit.statements.";

/** Updates the text of the prompt. */
export function typePrompt(store: Store, sql: string): void {
  store.prompt.value = { ...store.prompt.value, sql };
}

/** Notes what is selected in the prompt. */
export function selectInPrompt(store: Store, selection: Prompt["selection"]): void {
  store.prompt.value = { ...store.prompt.value, selection };
}

/** Puts a statement into the prompt, which does not run it. The editor can undo that. */
export function showStatement(store: Store, sql: string): void {
  const prompt = store.prompt.peek();
  if (sql === "" || sql === prompt.sql) return;
  store.prompt.value = { ...prompt, sql, edition: prompt.edition + 1 };
}

/** Reads the earlier statements of a plugin. */
export function openHistory(store: Store, plugin: string): void {
  const history = parseHistory(recall(`${HISTORY}${plugin}`) ?? "[]");
  store.prompt.value = { ...store.prompt.peek(), history };
}

/** Deletes the earlier statements of a plugin. */
export function clearHistory(store: Store, plugin: string): void {
  forget(`${HISTORY}${plugin}`);
  store.prompt.value = { ...store.prompt.value, history: [] };
}

/** Allows or forbids statements that write. */
export function allowWriting(store: Store, mayWrite: boolean): void {
  store.prompt.value = { ...store.prompt.value, mayWrite };
}

/**
 * Runs the statement of the prompt, or the selected ones, one after the other until one fails. What
 * the last ones found goes.
 */
export async function runPrompt(store: Store): Promise<void> {
  const { sql, selection, mayWrite } = store.prompt.value;
  const isWhole = sql.slice(selection.from, selection.to).trim() === "";
  const ran = isWhole ? sql : sql.slice(selection.from, selection.to);
  const script = isWhole
    ? { sql }
    // With the text before it, so that an error is at its place in the editor.
    : { sql: sql.slice(0, selection.to), from: selection.from };
  await runStatements(store, script, ran, mayWrite ? "ask" : "never");
}

/** Shows how SQLite would run the statement of the prompt. */
export async function explainPrompt(store: Store): Promise<void> {
  const { sql, selection } = store.prompt.value;
  const selected = sql.slice(selection.from, selection.to);
  const explained = selected.trim() === "" ? sql : selected;
  await runStatements(store, { sql: `EXPLAIN QUERY PLAN ${explained}` }, sql, "explain");
}

/** Runs a statement that the user has read and confirmed; it is in the prompt afterwards. */
export async function runConfirmed(store: Store, sql: string): Promise<void> {
  showStatement(store, sql);
  await runStatements(store, { sql }, sql, "one-row");
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
  if (isRestored) store.prompt.value = { ...store.prompt.value, results: [] };
}

type Script = Pick<DataQuery, "sql" | "from">;

/**
 * Whether statements may write: `never`; after a question where rows are deleted or overwritten; or
 * without one where that is one row, which the user has seen. `explain` runs nothing.
 */
type Writing = "never" | "ask" | "one-row" | "explain";

async function runStatements(
  store: Store,
  script: Script,
  ran: string,
  writing: Writing,
): Promise<void> {
  const { plugin } = store.route.value;
  const sandbox = store.sandbox.value;
  if (sandbox === null || plugin === null) return;
  if (store.prompt.value.running !== null || ran.trim() === "") return;
  stopCounting(store);
  const id = crypto.randomUUID();
  const history = withStatement(store.prompt.value.history, ran);
  remember(`${HISTORY}${plugin}`, formatHistory(history));
  store.prompt.value = { ...store.prompt.value, running: id, results: [], history };
  let from = script.from;
  while (true) {
    const query = { ...script, ...(from === undefined ? {} : { from }), limit: PROMPT_ROWS, id };
    const result = writing === "ask" || writing === "one-row"
      ? await write(store, sandbox, plugin, query, writing)
      : writing === "explain"
      ? await explain(sandbox, plugin, query)
      : await timed(sandbox, plugin, { ...query, access: "read" });
    // Another plugin may have been selected since.
    if (store.prompt.value.running !== id) return;
    const results = [...store.prompt.value.results, result];
    const next = result.rows.ok ? result.rows.value.next : null;
    const running = next === null ? null : id;
    store.prompt.value = { ...store.prompt.value, running, results };
    if (next === null) break;
    from = next;
  }
  if (writing !== "explain" && script.from === undefined) goTo(store, { sql: script.sql.trim() });
}

async function write(
  store: Store,
  sandbox: Sandbox,
  plugin: string,
  query: Omit<DataQuery, "access">,
  writing: "ask" | "one-row",
): Promise<StatementResult> {
  const tried = await timed(sandbox, plugin, { ...query, access: "try" });
  const { rows } = tried;
  // Nothing would change, so nothing has to run.
  if (!rows.ok || rows.value.write === null) return tried;
  const { write, changes } = rows.value;
  const isNothing = changes + write.furtherChanges === 0;
  if (isNothing) return tried;
  if (!write.overwrites) return await timed(sandbox, plugin, { ...query, access: "write" });
  const words = describeWrite(write, changes);
  const isSeen = writing === "one-row" && changes === 1 && write.furtherChanges === 0;
  const isAgreed = isSeen || await ask(store, {
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

async function explain(
  sandbox: Sandbox,
  plugin: string,
  query: Omit<DataQuery, "access">,
): Promise<StatementResult> {
  const result = await timed(sandbox, plugin, { ...query, access: "read" });
  const { rows } = result;
  return rows.ok
    ? result
    : { ...result, rows: { ...rows, message: withoutPosition(rows.message) } };
}

async function timed(
  sandbox: Sandbox,
  plugin: string,
  query: DataQuery,
): Promise<StatementResult> {
  const begun = performance.now();
  const rows: Outcome<DataRows> = await sandbox.query(plugin, query);
  return { rows, ms: performance.now() - begun, undo: null };
}

function failed(code: string, message: string): StatementResult {
  return { rows: { ok: false, code, message }, ms: 0, undo: null };
}
