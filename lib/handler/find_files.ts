// Finds the files of a plugin, or the database of one that is gone. Runs wherever handlers run.

import { deadlineIn } from "../deadline.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { FoundFiles } from "../source/migration_source.ts";
import { readFiles } from "../source/source_file.ts";
import type { HandlerContext } from "./context.ts";
import { readBesideRuns } from "./read_beside_runs.ts";

/**
 * Finds a plugin's files for a request that can do without them. A plugin that was removed, but
 * whose database has its history, has no files.
 */
export async function findFilesOrHistory(
  address: DatabaseAddress,
  context: HandlerContext,
): Promise<FoundFiles> {
  const found = await context.source.find(address.plugin);
  // Files that cannot be read now may differ from those that were applied.
  if (found.found || found.reason === "unavailable") return found;
  const known = await readBesideRuns(address, context, {
    snapshot: ({ history }) => history,
    database: (session) => session.history(),
  });
  return known.ok && known.value.length > 0 ? { found: true, files: readFiles([]) } : found;
}

/**
 * Finds a plugin's files for a request about backups. They are there also for a plugin whose files
 * and database are gone.
 */
export async function findFilesOrBackups(
  address: DatabaseAddress,
  context: HandlerContext,
): Promise<FoundFiles> {
  const found = await findFilesOrHistory(address, context);
  if (found.found) return found;
  await using session = await context.databases.open({ kind: "plugin", ...address }, "read");
  const listed = await session.listBackups(
    { verify: false, limit: 1, offset: 0 },
    deadlineIn(LIST_TIMEOUT_MS, context.signal),
  );
  return listed.ok && listed.value.count > 0 ? { found: true, files: readFiles([]) } : found;
}

const LIST_TIMEOUT_MS = 10_000;
