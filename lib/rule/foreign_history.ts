// Finds a database that belongs to a plugin of another name. Pure; runs anywhere.

import type { DatabaseBase } from "../history/database_base.ts";
import { type Finding, finding, NO_MIGRATION } from "../finding/finding.ts";
import { quoteText } from "../sqlite/quote.ts";

/**
 * An error where the database has histories and none is that of `plugin`: its migrations would run
 * again on what they made under another name.
 */
export function foreignHistoryFindings(
  plugin: string,
  { history, historyOwners }: Pick<DatabaseBase, "history" | "historyOwners">,
): readonly Finding[] {
  const [owner] = historyOwners;
  if (owner === undefined || history.length > 0) return [];
  const statements = ["plugin_schema_migrations", "plugin_schema_migration_log"].map((table) =>
    `UPDATE ${table} SET plugin_name = ${quoteText(plugin)} WHERE plugin_name = ${
      quoteText(owner)
    };`
  );
  const message =
    `The database has the history of ${historyOwners.map((name) => `"${name}"`).join(", ")} and ` +
    `none of "${plugin}", so every migration would run again; move the file away, or if the ` +
    `plugin was renamed, run ${statements.join(" ")}`;
  return [finding("ERROR", "foreign-history", NO_MIGRATION, message)];
}
