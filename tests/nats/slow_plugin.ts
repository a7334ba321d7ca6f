// A plugin whose second migration takes as long as a test wants, on real rows only.

import { sqliteShell } from "../support/sqlite_shell.ts";
import type { Workspace } from "../support/workspace.ts";

/** How long the slow migration runs. */
export type Slowness =
  /** A second or two. */
  | "a moment"
  /** Longer than any test: it has to be interrupted. */
  | "for ever";

const CREATE = `-- UP
CREATE TABLE numbers (n INTEGER);
CREATE TABLE sums (total INTEGER);
-- DOWN
DROP TABLE sums;
DROP TABLE numbers;
`;

// The rehearsal has no rows, so there it is over at once.
const SLOW = `-- UP
CREATE TABLE before_slow (id INTEGER);
INSERT INTO sums SELECT count(*) FROM numbers a, numbers b, numbers c WHERE a.n + b.n + c.n < 0;
-- DOWN
DROP TABLE before_slow;
`;

const ROWS = { "a moment": 260, "for ever": 100_000 } as const;

/** Writes the plugin and applies its first migration; the second one is pending and slow. */
export async function writeSlowPlugin(
  workspace: Workspace,
  plugin: string,
  slowness: Slowness,
): Promise<void> {
  workspace.write(plugin, { "001_create.sql": CREATE, "002_slow.sql": SLOW });
  await workspace.apply(plugin, { target_version: 1 });
  sqliteShell(
    workspace.database(plugin),
    `WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ${ROWS[slowness]})
     INSERT INTO numbers SELECT n FROM c`,
  );
}

/** What the `sqlite3` shell sees: whole at a version, with a tracking table that agrees. */
export function versionOf(workspace: Workspace, plugin: string): string {
  const path = workspace.database(plugin);
  const integrity = sqliteShell(path, "PRAGMA integrity_check");
  const applied = sqliteShell(
    path,
    `SELECT coalesce(max(version), 0) FROM plugin_schema_migrations
     WHERE plugin_name = '${plugin}' AND status = 'applied'`,
  );
  const tables = sqliteShell(
    path,
    "SELECT count(*) FROM sqlite_schema WHERE name IN ('numbers', 'sums', 'before_slow')",
  );
  const expected = { "0": "0", "1": "2", "2": "3" }[applied];
  return integrity === "ok" && tables === expected
    ? applied
    : `torn: ${integrity}, version ${applied}, ${tables} tables`;
}
