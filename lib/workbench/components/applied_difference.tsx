// How a file differs from what ran when it was applied. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AppliedComparison } from "../../browser/comparison.ts";
import type { Outcome } from "../../outcome.ts";
import { SchemaDifference } from "../../review/schema_difference.tsx";
import { describeTime } from "../model/words.ts";
import { useStore } from "../state/store_context.ts";

interface AppliedDifferenceProps {
  readonly plugin: string;
  readonly version: number;
  readonly text: string;
}

/** The difference as text; nothing while the version is not applied. */
export function AppliedDifference(
  { plugin, version, text }: AppliedDifferenceProps,
): JSX.Element | null {
  const sandbox = useStore().sandbox.value;
  const compared = useSignal<Outcome<AppliedComparison | null> | null>(null);
  useEffect(() => {
    let isLatest = true;
    void sandbox?.compareApplied(plugin, version, text).then((outcome) => {
      if (isLatest) compared.value = outcome;
    });
    return () => isLatest = false;
  }, [sandbox, plugin, version, text]);
  const outcome = compared.value;
  if (outcome === null) return null;
  if (!outcome.ok) return <p class="problem-text">{outcome.message}</p>;
  if (outcome.value === null || outcome.value.difference === "") return null;
  const { appliedAt, appliedBy, difference } = outcome.value;
  return (
    <section class="applied-difference" aria-labelledby="applied-difference-heading">
      <h4 id="applied-difference-heading" class="section-heading">
        Difference from what ran on {describeTime(appliedAt)}, by {appliedBy}
      </h4>
      {difference === null
        ? <p class="quiet">The text that ran is not in the log, which an older godwit wrote.</p>
        : <SchemaDifference text={difference} label="Difference from what ran" />}
    </section>
  );
}
