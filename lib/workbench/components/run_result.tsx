// The result of a run: its changes and losses, or its error. Runs in the browser.

import type { JSX } from "preact";
import type { RunEntry } from "../../message/reply.ts";
import { describeChange } from "../../diagram/change_words.ts";
import { count, describeDuration, describeLoss, padVersion } from "../model/words.ts";
import { entriesOf, headlineOf, type RunOutcome } from "../model/run_outcome.ts";
import { goTo } from "../state/navigate.ts";
import { withoutEntry } from "../state/store.ts";
import { useStore } from "../state/store_context.ts";
import { FindingList } from "./finding_list.tsx";
import { Icon } from "./icon.tsx";

interface RunResultProps {
  readonly plugin: string;
  readonly outcome: RunOutcome;
}

/** The reply to the last run, until the user closes it. */
export function RunResult({ plugin, outcome }: RunResultProps): JSX.Element {
  const store = useStore();
  const { reply, isDryRun } = outcome;
  const findings = reply.success ? reply.warnings : [...reply.errors, ...reply.warnings];
  const entries = entriesOf(reply);
  const failed = reply.success ? undefined : reply.failed_version;
  return (
    <section
      class="result"
      data-kind={!reply.success ? "failure" : isDryRun ? "tried" : "done"}
      aria-label="Result"
    >
      <div class="result-head">
        <Icon name={!reply.success ? "cross" : isDryRun ? "info" : "check"} />
        <p class="result-headline">{headlineOf(outcome)}</p>
        <button
          type="button"
          class="button button-small"
          onClick={() => store.outcomes.value = withoutEntry(store.outcomes.value, plugin)}
        >
          Dismiss
        </button>
      </div>
      {!reply.success && (
        <p class="quiet">
          <code>{reply.error_code}</code>
          {failed !== undefined && (
            <>
              {" "}in{" "}
              <button
                type="button"
                class="link"
                onClick={() => goTo(store, { step: String(failed) })}
              >
                {padVersion(failed)}
              </button>, which was rolled back
            </>
          )}
          {reply.current_version !== undefined && `; the database is at ${reply.current_version}`}
        </p>
      )}
      {entries.length > 0 && (
        <ul class="entries">
          {entries.map((entry) => <ResultEntry key={entry.version} entry={entry} />)}
        </ul>
      )}
      {findings.length > 0 && <FindingList findings={findings} onShow={null} />}
      {reply.backup !== undefined && (
        <p class="quiet">
          Backup, listed under{" "}
          <button type="button" class="link" onClick={() => goTo(store, { view: "data" })}>
            Data
          </button>: <code>{reply.backup.split("/").at(-1)}</code>
        </p>
      )}
    </section>
  );
}

function ResultEntry({ entry }: { readonly entry: RunEntry }): JSX.Element {
  const facts = [
    count(entry.statements, "statement"),
    describeDuration(entry.execution_time_ms),
    ...entry.changes.map(describeChange),
  ];
  return (
    <li>
      <span class="timeline-version">{padVersion(entry.version)}</span>
      <span>
        {entry.name.replaceAll("_", " ")}
        <span class="quiet">
          {facts.map((fact) => ` · ${fact}`).join("")}
        </span>
        {entry.data_loss.map((loss) => (
          <span key={describeLoss(loss)} class="loss-word" data-level="WARNING">
            <Icon name="warning" />
            loses {describeLoss(loss)}
          </span>
        ))}
      </span>
    </li>
  );
}
