// A rollout over the nodes of a fleet: its waves, what stops it, and what an operator can do. It is
// read here; operators act on the command line. Runs in the browser.

import type { JSX } from "preact";
import type { RolloutReading } from "../../browser/sandbox.ts";
import type { WaveOverview } from "../../fleet/overview.ts";
import { PHASE_WORDS } from "../model/fleet_words.ts";
import { count } from "../model/words.ts";
import { Icon } from "./icon.tsx";

// A person looks at the worst.
const MOST_SHOWN = 20;

/** One rollout. */
export function RolloutPanel({ rollout }: { readonly rollout: RolloutReading }): JSX.Element {
  const { plugin, target_version, started_by, phase, why, waves } = rollout;
  const heading = `rollout-${plugin}`;
  const isUndo = phase === "undoing" || phase === "undone";
  const problems = [
    ...rollout.refusals.map(({ node, message }) => `${node}: ${message}`),
    ...rollout.failures.map(({ node, tenant, error_code, message }) =>
      `${tenant === null ? node : `${node}/${tenant}`}: ${error_code}: ${message}`
    ),
  ];
  return (
    <section class="rollout" aria-labelledby={heading}>
      <div class="section-bar">
        <h3 id={heading} class="section-heading">
          Rollout of {plugin} to {target_version}
        </h3>
        <span class="badge" data-phase={phase} role="status">{PHASE_WORDS[phase]}</span>
        <span class="quiet">started by {started_by}</span>
      </div>
      {why.map(({ message, nodes }) => (
        <p key={message} class="notice" data-level="warning">
          <Icon name="warning" />
          <span>{nodes.length === 0 ? message : `${message}: ${nodes.join(", ")}`}</span>
        </p>
      ))}
      <ol class="waves" aria-label={`Waves of ${plugin}`}>
        {waves.map((wave, index) => (
          <Wave key={index} wave={wave} number={index + 1} isUndo={isUndo} />
        ))}
      </ol>
      {problems.length > 0 && (
        <ul class="rollout-problems" aria-label={`What went wrong with ${plugin}`}>
          {problems.slice(0, MOST_SHOWN).map((problem) => (
            <li key={problem} class="problem-text">{problem}</li>
          ))}
          {problems.length > MOST_SHOWN && (
            <li class="quiet">and {problems.length - MOST_SHOWN} more</li>
          )}
        </ul>
      )}
      {rollout.choices.length > 0 && (
        <dl class="rollout-choices">
          {rollout.choices.map(({ command, effect }) => (
            <div key={command}>
              <dt>
                <code>godwit rollout {command} {plugin}</code>
              </dt>
              <dd class="quiet">{effect}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Wave(
  { wave, number, isUndo }: {
    readonly wave: WaveOverview;
    readonly number: number;
    readonly isUndo: boolean;
  },
): JSX.Element {
  const { nodes, complete, away, databases, applied, failed, rows_lost, open } = wave;
  const facts = [
    `${complete} of ${count(nodes, "node")}`,
    `${applied} of ${count(databases, "database")} ${isUndo ? "brought back" : "migrated"}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(rows_lost > 0 ? [`${count(rows_lost, "row")} lost`] : []),
    ...(away > 0 ? [`${away} offline`] : []),
  ];
  return (
    <li class="wave" data-open={open}>
      <span class="wave-name">Wave {number}{open ? "" : " (waits)"}</span>
      <progress
        class="wave-bar"
        max={Math.max(nodes, 1)}
        value={complete}
        aria-label={`Wave ${number}`}
      />
      <span class="quiet">{facts.join(" · ")}</span>
    </li>
  );
}
