// Findings about what a migration deletes. Pure; runs anywhere.

import type { DataLoss, ReusedNumbers } from "../loss/data_loss.ts";
import type { NotableStatement, RehearsedStep } from "../rehearsal/rehearsal.ts";
import { counted } from "../finding/counted.ts";
import { type Finding, finding } from "../finding/finding.ts";
import { detailOf, subjectOf } from "../finding/subject_of.ts";

/**
 * Warns of dropped tables and columns, of deleted rows and of lost values, with the counts in
 * `losses`, which is `null` before anything is counted.
 */
export function destructiveFindings(
  step: RehearsedStep,
  losses: readonly DataLoss[] | null,
  reusedNumbers: readonly ReusedNumbers[] = [],
  unmeasured: readonly string[] = [],
): readonly Finding[] {
  return [
    ...step.changes.flatMap((change) => {
      if (change.change !== "removed") return [];
      if (change.object === "table") {
        // A table that is not watched has no rows of its own.
        if (!step.watched.some(({ name }) => name === change.name)) return [];
        const rows = unmeasured.includes(change.name) ? null : countRows(losses, change.name);
        const message = `Drops the table "${change.name}"${inWords(rows, "row", " with ")}`;
        return [
          warn(
            step,
            "drop-table",
            change.name,
            message,
            statementThat(step, (each) => each.drops.includes(change.name)),
          ),
        ];
      }
      if (change.object === "column" && change.table !== null) {
        return [columnFinding(step, change.table, change.name, losses, unmeasured)];
      }
      return [];
    }),
    ...rowFindings(step, losses),
    ...valueFindings(step, losses ?? []),
    ...reusedNumbers.map((reused) => numberFinding(step, reused)),
    ...unmeasured.map((table) =>
      warn(
        step,
        "unmeasured-losses",
        table,
        `What "${table}" loses could not be measured, because SQLite here cannot read its rows; ` +
          `compare it with the backup`,
        undefined,
      )
    ),
  ];
}

function columnFinding(
  step: RehearsedStep,
  table: string,
  column: string,
  losses: readonly DataLoss[] | null,
  unmeasured: readonly string[],
): Finding {
  const watched = step.watched.find(({ after }) => after?.name === table);
  const before = watched?.name ?? table;
  // A generated column has no values of its own: a table that loses no other is not watched.
  const isStored = watched?.droppedColumns.includes(column) ?? false;
  const values = losses === null || !isStored || unmeasured.includes(before)
    ? null
    : losses.find((loss) =>
      loss.kind === "values" && loss.table === before && loss.column === column
    );
  const count = values === null ? null : values?.kind === "values" ? values.values : 0;
  const message = `Drops the column "${column}" of "${before}"${inWords(count, "value", " with ")}`;
  const statement = statementThat(
    step,
    (each) =>
      each.drops.includes(before) ||
      each.alter?.form === "drop-column" && each.alter.table === table,
  );
  return warn(step, "drop-column", `${before}.${column}`, message, statement);
}

/** Rows lost from a table that is kept: by DELETE, or by a rebuild that copies fewer. */
function rowFindings(step: RehearsedStep, losses: readonly DataLoss[] | null): readonly Finding[] {
  const dropped = new Set(
    step.changes.filter(({ change, object }) => change === "removed" && object === "table")
      .map(({ name }) => name),
  );
  const tables = losses === null
    ? step.statements.flatMap(({ deletesFrom }) => deletesFrom)
    : losses.flatMap((loss) => (loss.kind === "rows" ? [loss.table] : []));
  return [...new Set(tables)].filter((table) => !dropped.has(table)).map((table) => {
    const rows = countRows(losses, table);
    const message = rows === null
      ? `Deletes rows of "${table}"`
      : `Deletes${inWords(rows, "row", " ")} of "${table}"`;
    const statement = statementThat(
      step,
      (each) => each.deletesFrom.includes(table) || each.drops.includes(table),
    );
    return warn(step, "delete-rows", table, message, statement);
  });
}

/**
 * Values lost from a column that is kept: an UPDATE wrote NULL, a rebuild did not copy them, or a
 * statement wrote another value in their place.
 */
function valueFindings(step: RehearsedStep, losses: readonly DataLoss[]): readonly Finding[] {
  return losses.flatMap((loss) => {
    if (loss.kind === "rows") return [];
    const { table, column, values } = loss;
    const watched = step.watched.find(({ name }) => name === table);
    if (!watched?.keptColumns.some(({ name }) => name === column)) return [];
    const statement = statementThat(step, (each) => each.drops.includes(table)) ??
      statementThat(step, (each) => each.updates.includes(table));
    return loss.kind === "overwritten"
      ? [
        warn(
          step,
          "overwrite-values",
          `${table}.${column}`,
          `Overwrites${inWords(values, "value", " ")} of "${column}" of "${table}"`,
          statement,
        ),
      ]
      : [
        warn(
          step,
          "lose-values",
          `${table}.${column}`,
          `Loses${inWords(values, "value", " ")} of "${column}" of "${table}", which is kept`,
          statement,
        ),
      ];
  });
}

function numberFinding(step: RehearsedStep, { table, first, last }: ReusedNumbers): Finding {
  const numbers = first === last ? `the number ${first}` : `the numbers ${first} to ${last}`;
  const message = `Rebuilding "${table}" loses the mark of AUTOINCREMENT, so that ${numbers} of ` +
    `deleted rows can be given to new ones; set seq of "${table}" in sqlite_sequence to ${last}`;
  const statement = statementThat(step, (each) => each.drops.includes(table));
  return warn(step, "reused-numbers", table, message, statement);
}

function countRows(losses: readonly DataLoss[] | null, table: string): number | null {
  if (losses === null) return null;
  const loss = losses.find((each) => each.kind === "rows" && each.table === table);
  return loss?.kind === "rows" ? loss.rows : 0;
}

function inWords(count: number | null, what: string, lead: string): string {
  return count === null ? "" : `${lead}${counted(count, what)}`;
}

function statementThat(
  step: RehearsedStep,
  matches: (statement: NotableStatement) => boolean,
): NotableStatement | undefined {
  return step.statements.find(matches);
}

function warn(
  step: RehearsedStep,
  code:
    | "drop-table"
    | "drop-column"
    | "delete-rows"
    | "lose-values"
    | "overwrite-values"
    | "reused-numbers"
    | "unmeasured-losses",
  about: string,
  message: string,
  statement: NotableStatement | undefined,
): Finding {
  const detail = statement === undefined ? {} : detailOf(statement);
  return finding("WARNING", code, subjectOf(step), message, { ...detail, about });
}
