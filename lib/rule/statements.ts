// Findings about single statements: errors, and what a migration may not do. Pure; runs anywhere.

import type { NotableStatement, RehearsedStep, StatementProblem } from "../rehearsal/rehearsal.ts";
import { counted } from "../finding/counted.ts";
import { type Finding, finding } from "../finding/finding.ts";
import { detailOf, subjectOf } from "../finding/subject_of.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { refusedForm, shellCommand } from "./refused_statement.ts";

/** Turns the problems of a step's statements into findings. */
export function statementFindings(step: RehearsedStep): readonly Finding[] {
  return step.statements.flatMap((statement) =>
    statement.problems.map((problem) => problemFinding(step, statement, problem))
  );
}

function problemFinding(
  step: RehearsedStep,
  statement: NotableStatement,
  problem: StatementProblem,
): Finding {
  const subject = subjectOf(step);
  const detail = detailOf(statement);
  switch (problem.kind) {
    case "violation":
      return finding("ERROR", problem.violation.code, subject, problem.violation.message, detail);
    case "parameters": {
      const message = `The statement has ${counted(problem.count, "parameter")}, ` +
        `and a migration has no values for them; write the values out`;
      return finding("ERROR", "bind-parameter", subject, message, detail);
    }
    case "needs-empty-table": {
      const message =
        `${problem.message}: SQLite refuses this while "${problem.table}" has rows; ` +
        `give the column a constant default, or rebuild the table`;
      return finding("ERROR", "needs-empty-table", subject, message, {
        ...detail,
        about: problem.table,
      });
    }
    case "unproven": {
      const message = `The statement fails on tables without rows: ${problem.message}; ` +
        `a dry run shows what it does to the real rows`;
      return finding("WARNING", "unproven-statement", subject, message, detail);
    }
    case "unfinished": {
      const message = "The statement makes many rows and was not rehearsed to its end; " +
        `a dry run shows what it does to the real rows`;
      return finding("WARNING", "unproven-statement", subject, message, detail);
    }
    case "misplaced": {
      const { table, column, from, shared } = problem.misplaced;
      const list = shared.map(quoteIdentifier).join(", ");
      const message =
        `"${column}" of "${table}" gets the values of "${from}", because the columns of SELECT * ` +
        `are in another order; write INSERT INTO ${
          quoteIdentifier(table)
        } (${list}) SELECT ${list}`;
      return finding("WARNING", "misplaced-columns", subject, message, {
        ...detail,
        about: `${table}.${column}`,
      });
    }
    case "idle-sequence": {
      const message =
        `No table has AUTOINCREMENT, so sqlite_sequence has rows of godwit's tables alone, and ` +
        `in another database it may not exist; delete the statement, or create the table first`;
      return finding("WARNING", "idle-sequence", subject, message, detail);
    }
    case "unrehearsed": {
      const message = `The statement was not rehearsed: ${problem.message}; ` +
        `a dry run shows what it does to the real database`;
      return finding("WARNING", "unproven-statement", subject, message, detail);
    }
    case "sql":
      return sqlFinding(step, statement, problem.message);
  }
  problem satisfies never;
}

function sqlFinding(step: RehearsedStep, statement: NotableStatement, message: string): Finding {
  const subject = subjectOf(step);
  const detail = detailOf(statement);
  const form = refusedForm(statement.sql);
  if (form !== null && isSyntaxError(message)) {
    const what = form === "alter-column"
      ? "this form of ALTER COLUMN"
      : "this form of ADD or DROP CONSTRAINT";
    const advice = `SQLite does not support ${what} (${message}); ` +
      `rebuild the table: create a new one, copy the rows, drop the old one, rename the new one`;
    return finding("ERROR", form, subject, advice, detail);
  }
  const command = shellCommand(statement.sql);
  if (command !== null) {
    const advice = `"${command}" is a dot command of the sqlite3 shell, and a migration is SQL ` +
      `alone; delete the line`;
    return finding("ERROR", "syntax-error", subject, advice, detail);
  }
  return isSyntaxError(message)
    ? finding("ERROR", "syntax-error", subject, `SQLite cannot read this: ${message}`, detail)
    : finding("ERROR", "sql-error", subject, `SQLite refuses this: ${message}`, detail);
}

// SQLite has no separate code for syntax errors.
function isSyntaxError(message: string): boolean {
  return message.endsWith("syntax error") || message === "incomplete input" ||
    message.startsWith("unrecognized token");
}
