// What the page showed of a plugin last, kept for the moment until the sandbox has started. Pure;
// runs anywhere.

import * as v from "valibot";
import type { PluginEntry } from "../../browser/sandbox.ts";
import type { StatusReply } from "../../message/reply.ts";
import { readJson } from "./kept_json.ts";

/** The plugins, and the status of one of them. */
export interface Seen {
  readonly plugins: readonly PluginEntry[];
  readonly plugin: string;
  readonly status: SeenStatus;
}

/** What the head of a plugin and its timeline show of a status. */
type SeenStatus = Pick<
  StatusReply,
  "current_version" | "applied_migrations" | "pending_migrations" | "available_migrations"
>;

const ReferenceSchema = v.object({ version: v.number(), name: v.string() });

const SeenSchema = v.object({
  plugins: v.array(v.object({
    name: v.string(),
    origin: v.picklist(["bundle", "http", "saved"]),
    page: v.nullable(v.string()),
  })),
  plugin: v.string(),
  status: v.object({
    current_version: v.number(),
    applied_migrations: v.array(v.object({
      version: v.number(),
      name: v.string(),
      checksum: v.string(),
      applied_at: v.string(),
      applied_by: v.string(),
      execution_time_ms: v.nullable(v.number()),
      error_message: v.nullable(v.string()),
    })),
    pending_migrations: v.array(ReferenceSchema),
    available_migrations: v.array(ReferenceSchema),
  }),
});

// A kept text is read at every start.
const MOST_CHARACTERS = 200_000;

/** Writes what `parseSeen()` reads; `null` if it is too much to keep. */
export function formatSeen({ plugins, plugin, status }: Seen): string | null {
  const { current_version, applied_migrations, pending_migrations, available_migrations } = status;
  const text = JSON.stringify({
    plugins,
    plugin,
    status: { current_version, applied_migrations, pending_migrations, available_migrations },
  });
  return text.length <= MOST_CHARACTERS ? text : null;
}

/** Reads what was kept; `null` where it is something else. */
export function parseSeen(kept: string): Seen | null {
  return readJson(SeenSchema, kept);
}

/** A status with what was seen, and without findings. */
export function statusOfSeen({ plugin, status }: Seen): StatusReply {
  return {
    success: true,
    verb: "status",
    plugin_name: plugin,
    ...status,
    pending_count: status.pending_migrations.length,
    failed_migrations: [],
    checksum_warnings: [],
    pending_warnings: [],
    locked: false,
  };
}
