// One migration of a plan: its SQL, with findings at their statements. Runs anywhere.

import type { JSX } from "preact";
import { counted } from "../finding/counted.ts";
import type { PlannedStatement, PlannedStep } from "../message/plan_reply.ts";
import type { FindingMessage } from "../message/reply.ts";
import { printable } from "../printable.ts";
import { FindingItems } from "./finding_items.tsx";

interface PlanStepProps {
  readonly step: PlannedStep;
  /** Those about its file. */
  readonly findings: readonly FindingMessage[];
}

// A migration that fills a table may have thousands of statements, or one of megabytes, which no
// reviewer reads.
const MAX_STATEMENTS = 500;
const MAX_CHARACTERS = 20_000;

/** A migration. */
export function PlanStep({ step, findings }: PlanStepProps): JSX.Element {
  const { file, statements = [], execution_time_ms: ms } = step;
  const shown = statements.slice(0, MAX_STATEMENTS).map((statement) => {
    const first = statement.line;
    const end = first + statement.sql.split("\n").length;
    const own = findings.filter(({ line }) => line !== undefined && line >= first && line < end);
    return { statement, own };
  });
  const seen = new Set(shown.flatMap(({ own }) => own));
  const others = findings.filter((each) => !seen.has(each));
  return (
    <section class="step">
      <h3>
        <code>{printable(file)}</code> <span class="quiet">{ms} ms</span>
      </h3>
      {others.length > 0 && <FindingItems findings={others} />}
      {shown.map(({ statement, own }, at) => (
        <div key={at}>
          <Sql statement={statement} />
          {own.length > 0 && <FindingItems findings={own} isBesideSql />}
        </div>
      ))}
      {statements.length > MAX_STATEMENTS && (
        <p class="quiet">
          {`... and ${counted(statements.length - MAX_STATEMENTS, "more statement")}`}
        </p>
      )}
    </section>
  );
}

function Sql({ statement: { sql, line: first } }: { readonly statement: PlannedStatement }) {
  const left = sql.length - MAX_CHARACTERS;
  const lines = sql.slice(0, MAX_CHARACTERS).toWellFormed().split("\n");
  return (
    <>
      <pre class="code sql"><code>
        {lines.map((text, at) => (
          <span key={at} class="line" data-line={first + at}>{`${printable(text)}\n`}</span>
        ))}
      </code></pre>
      {left > 0 && <p class="quiet">{`... and ${left} more characters`}</p>}
    </>
  );
}
