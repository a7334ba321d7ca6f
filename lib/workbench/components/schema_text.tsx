// The difference of two schemas as text. Runs in the browser.

import type { JSX } from "preact";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Outcome } from "../../outcome.ts";
import { SchemaDifference } from "../../review/schema_difference.tsx";
import type { SchemaVersion } from "../model/schema_versions.ts";
import { differenceOffThread } from "../state/page_worker.ts";
import { CopyButton } from "./copy_button.tsx";
import { Unloaded } from "./unloaded.tsx";

interface SchemaTextProps {
  readonly versions: readonly SchemaVersion[];
  readonly compared: readonly [string, string];
}

/** The unified difference of the CREATE statements of any two versions. */
export function SchemaText({ versions, compared: [first, second] }: SchemaTextProps): JSX.Element {
  const from = useSignal(first);
  const to = useSignal(second);
  const difference = useSignal<Outcome<string> | null>(null);
  const before = versions.find(({ key }) => key === from.value);
  const after = versions.find(({ key }) => key === to.value);
  useEffect(() => {
    from.value = first;
    to.value = second;
  }, [first, second]);
  useEffect(() => {
    if (before === undefined || after === undefined) return;
    let isLatest = true;
    const names = { before: before.label, after: after.label };
    void differenceOffThread(before.schema, after.schema, names).then((found) => {
      if (isLatest) difference.value = found;
    });
    return () => isLatest = false;
  }, [before, after]);
  const found = difference.value;
  return (
    <div class="schema-text">
      <div class="row">
        <VersionField label="From" versions={versions} chosen={from} />
        <VersionField label="To" versions={versions} chosen={to} />
        {found?.ok === true && found.value !== "" && (
          <CopyButton text={found.value} what="difference" />
        )}
      </div>
      {found?.ok === false && <Unloaded message={found.message} />}
      {found?.ok === true && (found.value === ""
        ? <p class="quiet">Both schemas are the same.</p>
        : <SchemaDifference text={found.value} />)}
    </div>
  );
}

function VersionField({ label, versions, chosen }: {
  readonly label: string;
  readonly versions: readonly SchemaVersion[];
  readonly chosen: Signal<string>;
}): JSX.Element {
  return (
    <label class="field field-inline">
      {label}
      <select
        value={chosen.value}
        onChange={(event) => chosen.value = event.currentTarget.value}
      >
        {versions.map(({ key, label }) => <option key={key} value={key}>{label}</option>)}
      </select>
    </label>
  );
}
