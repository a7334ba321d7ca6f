// One run of the log, with its migrations. Runs in the browser.

import type { JSX } from "preact";
import { describeChange } from "../../diagram/change_words.ts";
import type { AttemptEntry } from "../../message/history_reply.ts";
import { printable } from "../../printable.ts";
import { describeLoggedRun, type LoggedRun } from "../model/attempts.ts";
import { describeDuration, describeLoss, describeTime, padVersion } from "../model/words.ts";
import { goTo } from "../state/navigate.ts";
import { useStore } from "../state/store_context.ts";
import { Icon, type IconName } from "./icon.tsx";

const ICONS: Readonly<Record<AttemptEntry["outcome"], IconName>> = {
  applied: "check",
  rolled_back: "back",
  failed: "cross",
};

const OUTCOMES: Readonly<Record<AttemptEntry["outcome"], string>> = {
  applied: "Applied",
  rolled_back: "Rolled back",
  failed: "Failed",
};

/** Who ran what, when, by which plan, and what came of each migration. */
export function LoggedRunItem({ run }: { readonly run: LoggedRun }): JSX.Element {
  const store = useStore();
  const { at, by, planHash, runId, backup, attempts } = run;
  return (
    <li class="logged-run">
      <p class="logged-head">
        <strong>{describeLoggedRun(run)}</strong>
        <span class="quiet">
          <time dateTime={at}>{describeTime(at)}</time> by {printable(by)}
        </span>
      </p>
      <ol class="attempts" aria-label="Migrations, newest first">
        {attempts.map((attempt, index) => <Attempt key={index} attempt={attempt} />)}
      </ol>
      <dl class="logged-ids">
        <Id name="Plan" value={planHash} />
        {runId !== null && <Id name="Run" value={runId} />}
        {backup !== null && (
          <div>
            <dt>Backup</dt>
            <dd>
              <button type="button" class="link" onClick={() => goTo(store, { view: "data" })}>
                <code>{printable(backup)}</code>
              </button>
            </dd>
          </div>
        )}
      </dl>
    </li>
  );
}

function Attempt({ attempt }: { readonly attempt: AttemptEntry }): JSX.Element {
  const store = useStore();
  const { version, name, outcome, execution_time_ms: ms, error_message: error } = attempt;
  const facts = [
    ...(ms === null ? [] : [describeDuration(ms)]),
    ...(attempt.changes ?? []).map(describeChange),
  ];
  return (
    <li class="attempt" data-outcome={outcome}>
      <Icon name={ICONS[outcome]} />
      <div>
        <span class="unseen">{OUTCOMES[outcome]}</span>
        <button
          type="button"
          class="link"
          onClick={() => goTo(store, { view: "migrations", step: String(version) })}
        >
          <span class="timeline-version">{padVersion(version)}</span> {name.replaceAll("_", " ")}
        </button>
        <span class="quiet">{facts.map((fact) => ` · ${fact}`).join("")}</span>
        {(attempt.data_loss ?? []).map((loss) => (
          <div key={describeLoss(loss)}>
            <span class="loss-word" data-level="WARNING">
              <Icon name="warning" />
              lost {describeLoss(loss)}
            </span>
          </div>
        ))}
        {error !== null && <p class="problem-text">{printable(error)}</p>}
      </div>
    </li>
  );
}

// The first characters tell runs apart; the title has all of them.
const SHOWN_CHARACTERS = 12;

function Id({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code title={value}>{value.slice(0, SHOWN_CHARACTERS)}</code>
      </dd>
    </div>
  );
}
