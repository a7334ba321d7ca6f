// A migration that is rehearsed while it is typed. It is saved on request only. Runs in the
// browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { fileNameProblem } from "../model/draft_file.ts";
import { mergeFindings } from "../model/findings.ts";
import { editDraft, keepDraft, replaceDraft } from "../state/draft.ts";
import { useStore } from "../state/store_context.ts";
import type { DraftState } from "../state/store.ts";
import { FindingList } from "./finding_list.tsx";
import { SchemaChangePanel } from "./schema_change_panel.tsx";
import { SqlEditor } from "./sql_editor.tsx";

/** The playground of a plugin. */
export function PlaygroundView({ plugin }: { readonly plugin: string }): JSX.Element {
  const draft = useStore().drafts.value.get(plugin);
  return draft === undefined
    ? <p class="quiet">Reading the files …</p>
    : <Draft plugin={plugin} draft={draft} />;
}

function Draft(
  { plugin, draft }: { readonly plugin: string; readonly draft: DraftState },
): JSX.Element {
  const store = useStore();
  const line = useSignal<number | null>(null);
  const nameProblem = fileNameProblem(draft.file);
  const report = draft.report?.ok === true ? draft.report.value : null;
  const own = report?.files.find(({ file }) => file === draft.file) ?? null;
  const findings = useMemo(() => mergeFindings(own?.findings ?? [], []), [own]);
  // The keyboard is in the editor then, where Ctrl+Z undoes it.
  useEffect(() => {
    if (draft.edition > 0) line.value = 1;
  }, [draft.edition]);
  const isPresent = draft.isRehearsing || own?.effect != null;
  return (
    <div class="playground">
      <section class="playground-editor" aria-labelledby="draft-heading">
        <div class="section-bar">
          <h3 id="draft-heading" class="section-heading">Playground</h3>
          <p class="playground-state" role="status" data-running={draft.isRehearsing}>
            {describeDraft(draft, findings)}
          </p>
        </div>
        <div class="playground-file">
          <label class="field">
            File name
            <input
              type="text"
              class="mono"
              value={draft.file}
              autocomplete="off"
              spellcheck={false}
              aria-invalid={nameProblem !== null}
              aria-describedby="draft-name-hint"
              onInput={(event) => editDraft(store, plugin, { file: event.currentTarget.value })}
            />
          </label>
          <button
            type="button"
            class="button button-primary"
            disabled={nameProblem !== null}
            onClick={() => void keepDraft(store, plugin)}
          >
            Save to {plugin}
          </button>
        </div>
        <p id="draft-name-hint" class={nameProblem === null ? "quiet" : "problem-text"}>
          {nameProblem ??
            "Rehearsed up, down and up again after the files before it; no database is changed"}
        </p>
        <SqlEditor
          label="Migration"
          text={draft.text}
          findings={findings}
          line={line}
          edit={{
            onChange: (text) => editDraft(store, plugin, { text }),
            onSubmit: null,
            edition: draft.edition,
          }}
        />
        {draft.report?.ok === false && <p class="problem-text">{draft.report.message}</p>}
        {findings.length > 0 && (
          <FindingList
            findings={findings}
            onShow={(shown) => line.value = shown}
            replaceable={{
              file: draft.file,
              text: draft.text,
              isPresent: !draft.isRehearsing,
              words: "Replace with this",
              onReplace: (text) => replaceDraft(store, plugin, text),
            }}
          />
        )}
      </section>
      <div class="playground-effect" data-present={isPresent}>
        {draft.effect !== null && (
          <SchemaChangePanel
            effect={draft.effect}
            title={isPresent ? "Schema change" : "Schema change of the last complete rehearsal"}
          />
        )}
      </div>
    </div>
  );
}

function describeDraft(
  { isRehearsing, report }: DraftState,
  findings: readonly { readonly level: string }[],
): string {
  if (isRehearsing || report === null) return "Rehearsing …";
  if (!report.ok) return "Not rehearsed";
  const errors = findings.filter(({ level }) => level === "ERROR").length;
  const others = findings.length - errors;
  if (errors > 0) return errors === 1 ? "1 error" : `${errors} errors`;
  return others === 0
    ? "Runs up, down and up again"
    : others === 1
    ? "Runs, with 1 finding"
    : `Runs, with ${others} findings`;
}
