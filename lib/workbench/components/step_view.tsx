// The selected step: its actions, its SQL, and its change of the schema. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { schemaVersions, versionBefore } from "../model/schema_versions.ts";
import { STATE_LABELS, type TimelineStep } from "../model/timeline.ts";
import { describeDuration, describeTime, padVersion } from "../model/words.ts";
import { openFile, openText } from "../state/draft.ts";
import { useStore } from "../state/store_context.ts";
import { AppliedDifference } from "./applied_difference.tsx";
import { FindingList } from "./finding_list.tsx";
import { RunResult } from "./run_result.tsx";
import { SchemaChangePanel } from "./schema_change_panel.tsx";
import { ShareButton } from "./share_button.tsx";
import { SqlEditor } from "./sql_editor.tsx";
import { StepActions } from "./step_actions.tsx";

interface StepViewProps {
  readonly plugin: string;
  /** `null` for the empty database before the first migration. */
  readonly step: TimelineStep | null;
}

/** The details of a step. */
export function StepView({ plugin, step }: StepViewProps): JSX.Element {
  const store = useStore();
  const shown = store.outcomes.value.get(plugin);
  const missing = store.missingStep.value;
  if (missing !== null) {
    return (
      <article class="step" aria-labelledby="step-heading">
        <h3 id="step-heading" class="step-title" tabIndex={-1}>
          {plugin} has no migration {missing}
        </h3>
        <p class="quiet" role="status">
          The address names it. It may be in another copy of the plugin; choose one of the timeline.
        </p>
      </article>
    );
  }
  return (
    <article class="step" aria-labelledby="step-heading">
      <header class="step-head">
        <h3 id="step-heading" class="step-title" tabIndex={-1}>
          {step?.version != null && <span class="step-version">{padVersion(step.version)}</span>}
          {" "}
          {step?.title ?? "Empty database"}
        </h3>
        {step !== null && <StepFacts step={step} />}
        <StepActions plugin={plugin} version={step === null ? 0 : step.version} />
      </header>
      {shown !== undefined && <RunResult plugin={plugin} shown={shown} />}
      {step !== null && <StepFile plugin={plugin} step={step} key={step.key} />}
      {step === null && <p class="quiet">Before the first migration the database has no tables.</p>}
    </article>
  );
}

function StepFacts({ step }: { readonly step: TimelineStep }): JSX.Element {
  const { run, state, error } = step;
  return (
    <>
      <p class="step-facts">
        <span class="state-word" data-state={state}>{STATE_LABELS[state]}</span>
        {run !== null && (
          <span>
            {step.isApplied ? "" : "attempted "}
            <time dateTime={run.at}>{describeTime(run.at)}</time> by {run.by}
            {run.durationMs !== null && `, ${describeDuration(run.durationMs)}`}
          </span>
        )}
        <code>{step.file}</code>
      </p>
      {error !== null && <p class="problem-text">{error}</p>}
    </>
  );
}

function StepFile(
  { plugin, step }: { readonly plugin: string; readonly step: TimelineStep },
): JSX.Element {
  const store = useStore();
  const line = useSignal<number | null>(null);
  const { report } = step;
  const files = store.report.value;
  const versions = useMemo(
    () => schemaVersions(files?.ok === true ? files.value.files : []),
    [files],
  );
  const text = report?.text ?? null;
  return (
    <>
      <section aria-labelledby="sql-heading">
        <div class="section-bar">
          <h4 id="sql-heading" class="section-heading">SQL</h4>
          {report !== null && text !== null && (
            <button
              type="button"
              class="button button-small"
              onClick={() => openFile(store, plugin, { file: step.file, text })}
            >
              Open in playground
            </button>
          )}
          {report !== null && text !== null && (
            <ShareButton plugin={plugin} file={step.file} text={text} />
          )}
        </div>
        {text === null
          ? (
            <p class="quiet">
              {report === null
                ? "The file is missing. Its changes are still in the database."
                : store.report.value === null
                ? "Reading the file …"
                : "The file is not text, so it cannot be shown."}
            </p>
          )
          : (
            <SqlEditor
              label={`SQL of ${step.file}`}
              text={text}
              findings={step.findings}
              line={line}
              edit={null}
            />
          )}
        {step.findings.length > 0 && (
          <FindingList
            findings={step.findings}
            onShow={text === null ? null : (shown) => line.value = shown}
            {...(text === null || step.isApplied ? {} : {
              replaceable: {
                file: step.file,
                text,
                isPresent: true,
                words: "Open in playground with this",
                onReplace: (replaced) =>
                  openText(store, plugin, { file: step.file, text: replaced }),
              },
            })}
          />
        )}
      </section>
      {step.state === "changed" && step.version !== null && text !== null && (
        <AppliedDifference plugin={plugin} version={step.version} text={text} />
      )}
      {report?.effect != null && (
        <SchemaChangePanel
          effect={report.effect}
          title="Schema"
          name={`${plugin}-${step.file.replace(/\.sql$/, "")}`}
          versions={versions}
          compared={[versionBefore(versions, step.file), step.file]}
        />
      )}
    </>
  );
}
