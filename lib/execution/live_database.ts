// Follows the real database while a plan is executed: compared with the plan's base before anything
// runs, and followed step by step from there.

import { schemaDigest } from "../history/database_base.ts";
import type { MigrationPlan } from "../plan/migration_plan.ts";
import { isReserved } from "../plan/reserved_names.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { SchemaFollower } from "../sqlite/schema_follower.ts";
import { ForeignKeyGuard } from "./foreign_key_guard.ts";
import { LiveSchema } from "./live_schema.ts";
import type { RunHistory } from "./run_history.ts";

/** The schema of the real database, and the checks of what must not break in it. */
export interface KnownDatabase {
  readonly schema: SchemaFollower;
  readonly foreignKeys: ForeignKeyGuard;
  readonly live: LiveSchema;
}

/** The real database of one run. */
export class LiveDatabase {
  readonly #connection: Connection;
  readonly #plan: MigrationPlan;
  readonly #rehearsed: readonly RehearsedStep[];
  readonly #history: RunHistory;
  #known: KnownDatabase | null = null;
  #dataVersion: number | null = null;

  constructor(
    connection: Connection,
    plan: MigrationPlan,
    rehearsed: readonly RehearsedStep[],
    history: RunHistory,
  ) {
    this.#connection = connection;
    this.#plan = plan;
    this.#rehearsed = rehearsed;
    this.#history = history;
  }

  /** Throws where `compareWithBase()` was not called in this transaction. */
  get known(): KnownDatabase {
    if (this.#known === null) throw new Error("The base of the plan was not compared");
    return this.#known;
  }

  /** Forgets the schema, because a transaction was rolled back. */
  forget(): void {
    this.#known = null;
  }

  /**
   * Says what another program has changed since the plan was made; `null` if nothing. Call it in
   * the open transaction. In the first one, history and schema are read whole. In a later one
   * `data_version` shows whether another connection has committed in between:
   * https://sqlite.org/pragma.html#pragma_data_version
   */
  async compareWithBase(): Promise<string | null> {
    const isFirst = this.#dataVersion === null;
    const dataVersion = this.#connection.integer("PRAGMA data_version");
    if (dataVersion !== (this.#dataVersion ??= dataVersion)) return this.#changed("database");
    if (this.#known !== null) return null;
    if (isFirst && !await this.#history.isBase()) return this.#changed("history");
    const schema = new SchemaFollower(this.#connection, isReserved);
    if (isFirst && await schemaDigest(schema.schema) !== this.#plan.base.schema) {
      return this.#changed("schema");
    }
    const isRehearsed = this.#rehearsed.every(({ schemaDelta }) => schemaDelta !== null);
    this.#known = {
      schema,
      foreignKeys: new ForeignKeyGuard(this.#connection, schema),
      live: new LiveSchema(this.#connection, schema, isRehearsed),
    };
    return null;
  }

  #changed(what: "database" | "history" | "schema"): string {
    return `The ${what} of "${this.#plan.plugin}" changed after the plan was made; make a new plan`;
  }
}
