/**
 * godwit in a browser tab: a plugin's database in the browser's private file system (OPFS), and the
 * handlers of the server.
 *
 * The workers and SQLite's WASM come from a build of the sandbox, and are served beside the page:
 *
 * ```ts
 * import { openSandbox, type Reply, type Sandbox } from "@godwit/godwit/browser";
 *
 * const sandbox: Sandbox = await openSandbox({
 *   workerUrl: "./sandbox_worker.js",
 *   manifest: "./plugins/manifest.json",
 * });
 * await sandbox.subscribe((event) => {
 *   if (event.kind === "run") console.log(event.event.event); // run_started ... run_finished
 * });
 * const payload = JSON.stringify({ applied_by: "page" });
 * const reply: Reply = await sandbox.request("apply", "quote-db", payload);
 * console.log(reply.success); // true
 * await sandbox.close();
 * ```
 *
 * A plugin may bring a page of its own, as a module that exports `start`:
 *
 * ```ts
 * import type { Godwit, StartPage } from "@godwit/godwit/browser";
 *
 * export const start: StartPage = async (godwit: Godwit, root: HTMLElement) => {
 *   const reply = await godwit.request("status", {});
 *   root.textContent = reply.success ? `${godwit.plugin} is ready` : reply.message;
 * };
 * ```
 *
 * `openPluginFrame()` runs that page in a frame that reaches the plugin's own database and nothing
 * else:
 *
 * ```ts
 * import { openPluginFrame, openSandbox, type PluginFrame } from "@godwit/godwit/browser";
 *
 * const sandbox = await openSandbox({
 *   workerUrl: "./sandbox_worker.js",
 *   manifest: "./plugins/manifest.json",
 * });
 * for (const { name, page } of await sandbox.plugins()) {
 *   if (page === null) continue;
 *   const frame: PluginFrame = openPluginFrame({
 *     plugin: name,
 *     page,
 *     frameUrl: "./plugin_frame.html",
 *     parent: document.body,
 *     sandbox,
 *     onStopped: (reason) => console.error(reason),
 *   });
 *   console.log(frame.element.title); // Page of the plugin trivia
 * }
 * ```
 *
 * @module
 */

export type { FindingCategory, FindingCode, FindingLevel, Suggestion } from "../finding/finding.ts";
export type * from "../message/any_reply.ts";
export type * from "../message/backup_reply.ts";
export type * from "../message/event.ts";
export type * from "../message/history_reply.ts";
export type * from "../message/plan_reply.ts";
export type * from "../message/reply.ts";
export type * from "../message/request.ts";
export type { FleetRow } from "../fleet/fleet_table.ts";
export type { Labels } from "../fleet/labels.ts";
export type { FailureLimit } from "../fleet/limits.ts";
export type { ReportedFailure, Stage } from "../fleet/node_report.ts";
export type { Choice, FleetFailure, RolloutOverview, WaveOverview } from "../fleet/overview.ts";
export type { HaltReason, Phase } from "../fleet/rollout_record.ts";
export type * from "../message/rollout.ts";
export type * from "../message/schema_file.ts";
export type * from "../message/schema_message.ts";
export type {
  AllMessages,
  AnyVerb,
  LocalMessages,
  Messages,
  Verb,
  WireMessages,
} from "../message/verbs.ts";
export type { RenameAnswer, RenameAnswers, RenameQuestion } from "../rebuild/rename_questions.ts";
export type { Attachment, Column, ForeignKey, Schema, Table, View } from "../sqlite/schema.ts";
export type { SqlValue } from "../sqlite/sqlite3.ts";
export type { Failed, Outcome } from "../outcome.ts";
export type { Godwit, StartPage } from "./frame/plugin_page.ts";
export { openSandbox } from "./page/open_sandbox.ts";
export { openPluginFrame, type PluginFrame, type PluginFrameOptions } from "./page/plugin_frame.ts";
export type * from "./comparison.ts";
export type * from "./sandbox.ts";
