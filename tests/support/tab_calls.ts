// What tests in a browser ask of a sandbox beside requests, from a test's side of the tab.

import type { DataQuery, DataRows, FilesReport } from "../../lib/browser/sandbox.ts";
import type { RunEvent } from "../../lib/message/event.ts";
import type { Outcome } from "../../lib/outcome.ts";
import { POLLING, type SandboxTab } from "./sandbox_tab.ts";

/**
 * The bytes of a plugin's database or of a backup; `null` where there is none. Fails with the call.
 */
export async function exported(
  tab: SandboxTab,
  plugin: string,
  backup?: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const outcome = await tab.handle.evaluate(
    async ({ sandbox }, { plugin, backup }) => {
      const outcome = await sandbox.exportDatabase(plugin, backup);
      if (!outcome.ok) return outcome;
      if (outcome.value === null) return { ok: true, value: null } as const;
      // What leaves the page is text.
      let text = "";
      for (const byte of outcome.value) text += String.fromCharCode(byte);
      return { ok: true, value: text } as const;
    },
    { plugin, backup },
  );
  const text = valueOf<string | null>(outcome);
  return text === null ? null : Uint8Array.from(text, (each) => each.charCodeAt(0));
}

/** Replaces a plugin's database by bytes; returns why not, or `null`. */
export async function imported(
  tab: SandboxTab,
  plugin: string,
  bytes: Uint8Array,
): Promise<string | null> {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const outcome = await tab.handle.evaluate(
    ({ sandbox }, { plugin, text }) =>
      sandbox.importDatabase(plugin, Uint8Array.from(text, (each) => each.charCodeAt(0))),
    { plugin, text },
  );
  return outcome.ok ? null : outcome.message;
}

/** Runs one statement, with at most ten rows back. */
export function queried(
  tab: SandboxTab,
  plugin: string,
  sql: string,
  access: DataQuery["access"] = "read",
): Promise<Outcome<DataRows>> {
  return tab.handle.evaluate(
    ({ sandbox }, { plugin, query }) => sandbox.query(plugin, query),
    { plugin, query: { sql, access, limit: 10 } },
  );
}

/** The rows of a statement that only reads. Fails with the call. */
export async function rowsOf(
  tab: SandboxTab,
  plugin: string,
  sql: string,
): Promise<DataRows["rows"]> {
  return valueOf(await queried(tab, plugin, sql)).rows;
}

/** Runs a statement that writes. Fails with the call. */
export async function write(tab: SandboxTab, plugin: string, sql: string): Promise<void> {
  valueOf(await queried(tab, plugin, sql, "write"));
}

/** The report on a plugin's files. Fails with the call. */
export async function filesOf(
  tab: SandboxTab,
  plugin: string,
  draft?: { readonly file: string; readonly text: string },
): Promise<FilesReport> {
  return valueOf(
    await tab.handle.evaluate(
      ({ sandbox }, { plugin, draft }) => sandbox.files(plugin, draft),
      { plugin, draft },
    ),
  );
}

/** The names of a plugin's backups, the newest first. Fails with the call. */
export async function backupsOf(tab: SandboxTab, plugin: string): Promise<readonly string[]> {
  const reply = await tab.ask("backups", plugin, {});
  if (reply.success && reply.verb === "backups") return reply.backups.map(({ name }) => name);
  throw new Error(JSON.stringify(reply));
}

/** Deletes one of a plugin's backups. */
export function deleteBackup(
  tab: SandboxTab,
  plugin: string,
  backup: string,
): Promise<Outcome<void>> {
  return tab.handle.evaluate(
    ({ sandbox }, { plugin, backup }) => sandbox.deleteBackup(plugin, backup),
    { plugin, backup },
  );
}

/** Waits until a tab was told that a plugin's version is being applied or rolled back. */
export async function untilStarted(
  tab: SandboxTab,
  plugin: string,
  version: number,
): Promise<void> {
  await tab.page.waitForFunction(
    ([{ events }, plugin, version]) =>
      events.some((each) =>
        each.kind === "run" && each.event.plugin_name === plugin &&
        each.event.event === "migration_started" && each.event.version === version
      ),
    [tab.handle, plugin, version] as const,
    POLLING,
  );
}

/** Waits until a tab was told of an event of a plugin's run. */
export async function untilEvent(
  tab: SandboxTab,
  plugin: string,
  event: RunEvent["event"],
): Promise<void> {
  await tab.page.waitForFunction(
    ([{ events }, plugin, event]) =>
      events.some((each) =>
        each.kind === "run" && each.event.plugin_name === plugin && each.event.event === event
      ),
    [tab.handle, plugin, event] as const,
    POLLING,
  );
}

/** The value of an outcome; throws the message of a failure. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}
