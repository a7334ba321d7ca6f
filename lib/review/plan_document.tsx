// The page of a plan: headline, losses, schemas, SQL with findings, and the command. Runs anywhere.

import type { ComponentChildren, JSX } from "preact";
import { counted } from "../finding/counted.ts";
import type { FailureReply } from "../message/any_reply.ts";
import type { PlannedLoss, PlanReply } from "../message/plan_reply.ts";
import { databaseName } from "../plan/database_address.ts";
import { printableLines } from "../printable.ts";
import { FindingItems } from "./finding_items.tsx";
import { LossItems } from "./loss_items.tsx";
import { SchemaChange } from "./schema_change.tsx";
import { PlanStep } from "./plan_step.tsx";

interface PlanDocumentProps {
  readonly reply: PlanReply | FailureReply;
  readonly command: string | null;
  /** The value of Content-Security-Policy. */
  readonly policy: string;
  readonly style: string;
}

/** The whole document, from `<html>` on. */
export function PlanDocument({ reply, command, policy, style }: PlanDocumentProps): JSX.Element {
  const headline = reply.success ? headlineOf(reply) : `${nameOf(reply)}: no plan`;
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>{headline}</title>
        {/* Text of this build, and its digest is in the policy. */}
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <main>
          <h1>{headline}</h1>
          {reply.success ? <Plan reply={reply} command={command} /> : <NoPlan reply={reply} />}
        </main>
      </body>
    </html>
  );
}

function Plan(
  { reply, command }: { readonly reply: PlanReply; readonly command: string | null },
): JSX.Element {
  const { steps, warnings } = reply;
  const losses = steps.flatMap(({ data_loss }) => data_loss);
  const files = new Set(steps.map(({ file }) => file));
  const others = warnings.filter(({ file }) => file === undefined || !files.has(file));
  return (
    <>
      <Verdict reply={reply} losses={losses} />
      {losses.length > 0 && (
        <Section title="What is lost" id="losses">
          <LossItems losses={losses} />
        </Section>
      )}
      {others.length > 0 && (
        <Section title="Findings" id="findings">
          <FindingItems findings={others} />
        </Section>
      )}
      <Section title="Schema" id="schema">
        <SchemaChange reply={reply} />
      </Section>
      {steps.length > 0 && (
        <Section title="SQL" id="sql">
          {steps.map((step) => (
            <PlanStep
              key={step.version}
              step={step}
              findings={warnings.filter(({ file }) => file === step.file)}
            />
          ))}
        </Section>
      )}
      <Section title="Run this plan" id="run">
        {command === null
          ? <p>There is nothing to run.</p>
          : <pre class="code command"><code>{printableLines(command)}</code></pre>}
        <p class="quiet">
          Plan{" "}
          <code class="hash">{reply.plan_hash}</code>. If a file, the history or the schema changes
          before it runs, the run is refused.
        </p>
      </Section>
    </>
  );
}

function Verdict(
  { reply, losses }: { readonly reply: PlanReply; readonly losses: readonly PlannedLoss[] },
): JSX.Element {
  const rows = losses.reduce((sum, loss) => sum + (loss.kind === "rows" ? loss.rows : 0), 0);
  const values = losses.reduce((sum, loss) => sum + (loss.kind === "values" ? loss.values : 0), 0);
  const amounts = [
    ...(rows > 0 ? [counted(rows, "row")] : []),
    ...(values > 0 ? [counted(values, "value")] : []),
  ].join(" and ");
  const warnings = reply.warnings.filter(({ level }) => level === "WARNING").length;
  return (
    <p class="verdict" data-lossy={losses.length > 0}>
      <strong>{amounts === "" ? "No data is lost" : `Loses ${amounts}`}</strong>
      {`, ${counted(warnings, "warning")}. Measured on the real rows in `}
      {`${reply.total_time_ms} ms, and undone.`}
    </p>
  );
}

function NoPlan({ reply }: { readonly reply: FailureReply }): JSX.Element {
  const { error_code, message, errors, warnings } = reply;
  return (
    <>
      <p class="verdict" data-lossy>
        <strong>{error_code}</strong>
        {`: ${printableLines(message)}`}
      </p>
      {errors.length + warnings.length > 0 && (
        <Section title="Findings" id="findings">
          <FindingItems findings={[...errors, ...warnings]} />
        </Section>
      )}
    </>
  );
}

function Section(
  { title, id, children }: {
    readonly title: string;
    readonly id: string;
    readonly children: ComponentChildren;
  },
): JSX.Element {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function headlineOf(reply: PlanReply): string {
  const { direction, steps, from, to } = reply;
  const does = direction === "apply" ? "apply" : "roll back";
  return steps.length === 0
    ? `${nameOf(reply)}: nothing to ${does}, at version ${from}`
    : `${nameOf(reply)}: ${does} ${counted(steps.length, "migration")}, version ${from} → ${to}`;
}

function nameOf({ plugin_name: plugin, tenant }: PlanReply | FailureReply): string {
  return printableLines(databaseName({ plugin, tenant: tenant ?? null }));
}
