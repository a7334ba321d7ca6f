// A new migration from a schema: schema.sql on one side, what is generated from it on the other.
// Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { PluginEntry } from "../../browser/sandbox.ts";
import { describeSchemaDraft, schemaFindings } from "../model/schema_words.ts";
import { editSchemaDraft, resetSchemaDraft } from "../state/schema_draft.ts";
import type { SchemaDraft } from "../state/store.ts";
import { useStore } from "../state/store_context.ts";
import { FindingList } from "./finding_list.tsx";
import { GeneratedMigration } from "./generated_migration.tsx";
import { NotKept } from "./not_kept.tsx";
import { SqlEditor } from "./sql_editor.tsx";

/** The schema of a plugin as it should be, and the migration that leads there. */
export function SchemaView({ entry }: { readonly entry: PluginEntry }): JSX.Element {
  const draft = useStore().schemaDrafts.value.get(entry.name);
  if (draft === undefined || draft.text === null) {
    return draft?.answer?.ok === false
      ? <p class="problem-text">{draft.answer.message}</p>
      : <p class="quiet">Reading the schema …</p>;
  }
  return (
    <div class="from-schema">
      <SchemaEditor plugin={entry.name} draft={draft} text={draft.text} />
      <GeneratedMigration entry={entry} draft={draft} />
    </div>
  );
}

function SchemaEditor({ plugin, draft, text }: {
  readonly plugin: string;
  readonly draft: SchemaDraft;
  readonly text: string;
}): JSX.Element {
  const store = useStore();
  const line = useSignal<number | null>(null);
  const { answer, isComparing, present, edition } = draft;
  const isUntouched = present === null || text === present;
  // Those of an older text would be at the wrong places.
  const findings = useMemo(() => isComparing ? [] : schemaFindings(answer), [answer, isComparing]);
  return (
    <section class="from-schema-editor" aria-labelledby="schema-draft-heading">
      <div class="section-bar">
        <h3 id="schema-draft-heading" class="section-heading">New migration from schema</h3>
        <button
          type="button"
          class="button button-small"
          aria-disabled={isUntouched}
          aria-label="Start over from the schema of the files"
          onClick={() => !isUntouched && resetSchemaDraft(store, plugin)}
        >
          Start over
        </button>
      </div>
      <p class="quiet">
        Edit the schema as it should be; the next migration is generated from the difference. No
        database is changed.
      </p>
      <p class="playground-state" role="status" data-running={isComparing}>
        {describeSchemaDraft(draft)}
      </p>
      <SqlEditor
        label="schema.sql"
        text={text}
        findings={findings}
        line={line}
        edit={{
          onChange: (typed) => editSchemaDraft(store, plugin, { text: typed }),
          onSubmit: null,
          edition,
          memory: `schema ${plugin}`,
        }}
      />
      {!draft.isKept && <NotKept />}
      {answer?.ok === false && <p class="problem-text">{answer.message}</p>}
      {findings.length > 0 && (
        <FindingList
          findings={findings}
          onShow={(shown) => line.value = shown}
        />
      )}
    </section>
  );
}
