// Brings a scratch database to the schema after a section. No rows are written: the schema does not
// depend on them, and a statement may make millions.

import type { ForeignKeyMode } from "../migration/migration.ts";
import type { Scratch } from "../rebuild/scratch.ts";
import { isSchemaChange, isTemporary } from "../sqlite/access.ts";
import { noTables, type ReadyStatement, StatementStream } from "../statement/statement_stream.ts";

/** What a section was found to do. */
export interface ReplayedSection {
  /** Its statements, up to the first that SQLite refuses. */
  readonly statements: readonly ReadyStatement[];
  /** The tables into which it inserts rows. */
  readonly filled: readonly string[];
  /** Whether SQLite refuses none. */
  readonly isWhole: boolean;
}

/** Runs the statements of a section that change the schema, and prepares the others. */
export function replaySection(
  scratch: Scratch,
  sql: string,
  foreignKeys: ForeignKeyMode | null,
): ReplayedSection {
  const mode = foreignKeys ?? "off";
  const statements: ReadyStatement[] = [];
  const filled: string[] = [];
  using stream = new StatementStream(scratch.connection, sql, "record", mode, noTables());
  while (true) {
    const next = stream.next();
    if (next.kind === "end") return { statements, filled, isWhole: true };
    if (next.kind === "failed") return { statements, filled, isWhole: false };
    statements.push(next);
    const { text, accesses, violations } = next;
    if (accesses.some(isSchemaChange)) {
      const failure = stream.unguarded(() =>
        violations.length > 0 ? null : scratch.run([text.sql], mode)
      );
      if (failure !== null) return { statements, filled, isWhole: false };
    }
    for (const access of accesses) {
      if (access.kind === "insert" && !isTemporary(access)) filled.push(access.table);
    }
    stream.skip();
  }
}
