// What a status knows of the files and the database. Plain data; runs anywhere.

import type { FindingMessage, ProgressMessage } from "../message/reply.ts";
import type { MigrationFile } from "../migration/migration.ts";
import type { History } from "../plan/history.ts";

/** The files and the history, and what was found about them. */
export interface StatusKnowledge {
  readonly files: readonly MigrationFile[];
  readonly history: History;
  readonly findings: readonly FindingMessage[];
  readonly progress: ProgressMessage | null;
}
