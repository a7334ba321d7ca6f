// Finds indexes and triggers that vanish with a rebuilt table or a replaced view.

import { type Access, isTemporary } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { integerOf, nullableTextOf, textOf } from "../sqlite/row.ts";
import type { SchemaDiff } from "../sqlite/schema_diff.ts";
import type { SchemaSlice } from "../sqlite/schema_slice.ts";
import type { LostObject } from "./rehearsal.ts";

/** What an index does, whatever it is called. */
interface IndexMeaning {
  readonly name: string;
  readonly isUnique: boolean;
  /** Its terms with order and collation; with expressions or a WHERE, its definition. */
  readonly terms: string;
}

/** Watches the statements of a step. */
export class LostObjects {
  readonly #shadow: Connection;
  readonly #droppedByName = new Set<string>();
  readonly #indexes: IndexMeaning[] = [];

  constructor(shadow: Connection) {
    this.#shadow = shadow;
  }

  /** Notes a statement before it runs, while the indexes that it drops are still there. */
  note(accesses: readonly Access[]): void {
    const drops = accesses.filter((access) => access.kind === "drop" && !isTemporary(access));
    const owners = drops.filter(isOwner);
    // With a table or a view, the authorizer names all that SQLite drops with it.
    if (owners.length === 0) {
      for (const access of drops) {
        if ("name" in access) this.#droppedByName.add(foldName(access.name));
      }
    }
    for (const access of owners) {
      if (access.object === "table") this.#indexes.push(...indexesOf(this.#shadow, access.name));
    }
  }

  /** The objects that are lost, when the shadow has the schema after the step. */
  lost({ before, after }: SchemaSlice, { changes, fates }: SchemaDiff): readonly LostObject[] {
    const tables = new Map(
      fates.flatMap((fate) => (fate.after === null ? [] : [[fate.before.name, fate.after.name]])),
    );
    const views = new Set(
      before.views.map(({ name }) => name)
        .filter((view) => after.views.some(({ name }) => name === view)),
    );
    return changes.flatMap(({ change, object, table, name }): readonly LostObject[] => {
      if (change !== "removed" || object !== "index" && object !== "trigger") return [];
      if (table === null || this.#droppedByName.has(foldName(name))) return [];
      if (views.has(table)) return [{ object, owner: "view", table, name }];
      const survivor = tables.get(table);
      if (survivor === undefined) return [];
      return object === "index" && this.#isBack(name, survivor)
        ? []
        : [{ object, owner: "table", table, name }];
    });
  }

  // Under another name, or as a UNIQUE constraint, which has an index without a statement.
  #isBack(name: string, table: string): boolean {
    const index = this.#indexes.find((each) => each.name === name);
    return index !== undefined &&
      indexesOf(this.#shadow, table).some(({ terms, isUnique }) =>
        terms === index.terms && (isUnique || !index.isUnique)
      );
  }
}

function isOwner(access: Access): access is Extract<Access, { kind: "create" | "drop" }> {
  return access.kind === "drop" && (access.object === "table" || access.object === "view");
}

// https://sqlite.org/pragma.html#pragma_index_xinfo
function indexesOf(connection: Connection, table: string): readonly IndexMeaning[] {
  const rows = connection.rows(
    `SELECT i.name, i."unique", i.partial OR min(x.cid) = -2 AS is_computed,
            (SELECT sql FROM main.sqlite_schema s WHERE s.type = 'index' AND s.name = i.name) AS sql,
            group_concat(lower(coalesce(x.name, '')) || ' ' || x."desc" || ' ' || lower(x.coll)
                         ORDER BY x.seqno) AS terms
       FROM pragma_index_list(?, 'main') i JOIN pragma_index_xinfo(i.name, 'main') x
      WHERE x."key" = 1 GROUP BY i.name`,
    [table],
  );
  return rows.map((row) => ({
    name: textOf(row, "name"),
    isUnique: integerOf(row, "unique") === 1,
    terms: integerOf(row, "is_computed") === 0
      ? textOf(row, "terms")
      : definitionOf(nullableTextOf(row, "sql") ?? ""),
  }));
}

// The definition after the names of the index and its table.
function definitionOf(sql: string): string {
  return sql.slice(sql.indexOf("(")).replaceAll(/\s+/g, " ").toLowerCase();
}
