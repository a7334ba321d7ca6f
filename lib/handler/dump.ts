// Handles `dump`: the schema of a plugin's files, or of its database, as a schema.sql.

import { deadlineIn } from "../deadline.ts";
import { isError } from "../finding/finding.ts";
import type { CheckedDump } from "../message/request.ts";
import type { DumpReply } from "../message/schema_file.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply, validationFailure } from "./failure.ts";

// Files are replayed without rows, so a minute is long.
const TIMEOUT_MS = 60_000;

/** Reads the database with `live`, and otherwise replays the files in an empty one in memory. */
export async function dump(
  address: DatabaseAddress,
  { live }: CheckedDump,
  context: HandlerContext,
): Promise<DumpReply | Failure> {
  const { plugin } = address;
  const found = await context.source.find(plugin);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  const target = live
    ? { kind: "plugin", ...address } as const
    : { kind: "empty", plugin } as const;
  await using session = await context.databases.open(target, "read");
  if (!live) {
    const loaded = await session.load(found.files);
    if (!loaded.ok) return databaseFailure(loaded, plugin);
    const { findings } = loaded.value;
    if (findings.some(isError)) return validationFailure(plugin, "", findings);
  }
  const dumped = await session.dump(deadlineIn(TIMEOUT_MS, context.signal));
  if (!dumped.ok) {
    return dumped.code === "files"
      ? failureReply("VALIDATION_FAILED", plugin, dumped.message)
      : databaseFailure(dumped, plugin);
  }
  return { success: true, verb: "dump", plugin_name: plugin, schema: dumped.value };
}
