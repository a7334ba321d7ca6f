// Findings about what may fail on rows that no check has, or in code that is released: for reviews
// of files. Pure; runs anywhere.

import { counted } from "../finding/counted.ts";
import { type Finding, finding } from "../finding/finding.ts";
import { detailOf, subjectOf } from "../finding/subject_of.ts";
import type { NotableStatement, RehearsedStep } from "../rehearsal/rehearsal.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { ForeignKey } from "../sqlite/schema.ts";
import type { TableFate } from "../sqlite/schema_diff.ts";

/**
 * Warns of constraints that rows may violate, of foreign keys that are gone, and of tables and
 * columns with another name. A run on a database does not need these: it measures its rows.
 */
export function compatibilityFindings(step: RehearsedStep): readonly Finding[] {
  const fates = step.fates.filter((fate) => fate.after !== null);
  return [
    ...step.gained.map(({ table, columns, place }) =>
      warn(
        step,
        "possible-violation",
        table,
        `Makes ${
          listed(columns)
        } of "${table}" unique, which fails where rows have equal values; ` +
          `make them different first`,
        place ?? statementThat(step, ({ drops }) => drops.includes(table)),
      )
    ),
    ...fates.flatMap((fate) => notNullFindings(step, fate)),
    ...fates.flatMap((fate) => lostKeyFindings(step, fate)),
    ...step.renamed.flatMap((renamed) => tableFindings(step, renamed)),
    ...fates.flatMap((fate) => columnFindings(step, fate)),
  ];
}

function notNullFindings(
  step: RehearsedStep,
  { before, after, keptColumns, addedColumns }: TableFate,
): readonly Finding[] {
  const table = before.name;
  const updated = step.watched.find(({ name }) => name === table)?.writes.updates ?? [];
  return (after?.columns ?? []).flatMap(({ name, notNull, defaultValue }) => {
    if (!notNull) return [];
    const kept = keptColumns.find(({ nameAfter }) => nameAfter === name);
    if (kept === undefined) {
      // The copy of a rebuild gives the column its values.
      const adding = statementThat(step, ({ alter }) => alter?.form === "add-column");
      return !addedColumns.includes(name) || defaultValue !== null || adding === undefined
        ? []
        : [warn(
          step,
          "possible-violation",
          `${table}.${name}`,
          `Adds the column "${name}" of "${table}", which is NOT NULL and has no default; SQLite ` +
            `refuses that where the table has rows, so give it a default`,
          adding,
        )];
    }
    const column = before.columns.find((each) => each.name === kept.name);
    if (column === undefined || column.notNull || column.primaryKey > 0) return [];
    // The file replaces the values first.
    if (updated.includes(kept.name)) return [];
    return [warn(
      step,
      "possible-violation",
      `${table}.${kept.name}`,
      `Makes "${name}" of "${table}" NOT NULL, which fails where rows have NULL; replace it first, ` +
        `or in the copy, and accept this`,
      statementThat(step, ({ drops, alter }) => drops.includes(table) || alter?.table === table),
    )];
  });
}

function lostKeyFindings(
  step: RehearsedStep,
  { before, after, keptColumns, droppedColumns }: TableFate,
): readonly Finding[] {
  const removed = new Set(
    step.changes.filter(({ change, object }) => change === "removed" && object === "table")
      .map(({ name }) => foldName(name)),
  );
  const nameOf = (parent: string): string =>
    step.renamed.find(({ was }) => foldName(was) === foldName(parent))?.name ?? parent;
  const columnOf = (column: string): string =>
    keptColumns.find(({ name }) => name === column)?.nameAfter ?? column;
  const keyText = (parent: string, columns: readonly string[]): string =>
    foldName([parent, ...columns].join("|"));
  const present = new Set(
    after?.foreignKeys.map(({ parent, columns }) => keyText(parent, columns.split(","))),
  );
  const isGone = ({ parent, columns }: ForeignKey): boolean => {
    const list = columns.split(",");
    return !removed.has(foldName(parent)) && !list.some((each) => droppedColumns.includes(each)) &&
      !present.has(keyText(nameOf(parent), list.map(columnOf)));
  };
  return before.foreignKeys.filter(isGone).map(({ parent, columns }) =>
    warn(
      step,
      "lost-foreign-key",
      before.name,
      `Rebuilding "${before.name}" loses the foreign key (${columns}) to "${parent}"; write it ` +
        `into the new table, or accept this if it is not needed`,
      statementThat(step, ({ drops }) => drops.includes(before.name)),
    )
  );
}

function tableFindings(
  step: RehearsedStep,
  { was, name }: RehearsedStep["renamed"][number],
): readonly Finding[] {
  // A table or a view takes the old name, and statements with it.
  const isTaken = step.changes.some((change) =>
    change.change === "added" && (change.object === "table" || change.object === "view") &&
    foldName(change.name) === foldName(was)
  );
  return isTaken ? [] : [warn(
    step,
    "rename-table",
    was,
    `Renames the table "${was}" to "${name}", so released code that uses the old name fails; ` +
      `create a view with that name until no such code runs`,
    statementThat(step, ({ alter }) => alter?.form === "rename-table" && alter.table === was),
  )];
}

function columnFindings(
  step: RehearsedStep,
  { before, after, keptColumns }: TableFate,
): readonly Finding[] {
  return keptColumns.filter(({ name, nameAfter }) => foldName(name) !== foldName(nameAfter))
    .filter(({ name }) => !after?.columns.some((each) => foldName(each.name) === foldName(name)))
    .map(({ name, nameAfter }) =>
      warn(
        step,
        "rename-column",
        `${before.name}.${name}`,
        `Renames the column "${name}" of "${before.name}" to "${nameAfter}", so released code that ` +
          `uses the old name fails; add a column and copy the values until no such code runs`,
        statementThat(step, ({ alter }) => alter?.form === "rename-column"),
      )
    );
}

function statementThat(
  step: RehearsedStep,
  matches: (statement: NotableStatement) => boolean,
): NotableStatement | undefined {
  return step.statements.find(matches);
}

function listed(columns: readonly string[]): string {
  return columns.length === 1
    ? `"${columns[0]}"`
    : `${counted(columns.length, "column")} (${columns.join(", ")})`;
}

function warn(
  step: RehearsedStep,
  code: "possible-violation" | "lost-foreign-key" | "rename-table" | "rename-column",
  about: string,
  message: string,
  statement: Parameters<typeof detailOf>[0] | undefined,
): Finding {
  const detail = statement === undefined ? {} : detailOf(statement);
  return finding("WARNING", code, subjectOf(step), message, { ...detail, about });
}
