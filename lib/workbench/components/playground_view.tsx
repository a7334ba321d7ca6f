// A migration that is rehearsed while it is typed. It is saved on request only. Runs in the
// browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { parseFileName } from "../../migration/file_name.ts";
import { fileNameProblem } from "../model/draft_file.ts";
import { mergeFindings } from "../model/findings.ts";
import { effectVersions } from "../model/schema_versions.ts";
import { padVersion } from "../model/words.ts";
import { draftMemory, editDraft, newDraft, replaceDraft, saveDraft } from "../state/draft.ts";
import { useStore } from "../state/store_context.ts";
import type { DraftState, Playground } from "../state/store.ts";
import { AppliedDifference } from "./applied_difference.tsx";
import { DraftBar } from "./draft_bar.tsx";
import { FindingList } from "./finding_list.tsx";
import { Icon } from "./icon.tsx";
import { NotKept } from "./not_kept.tsx";
import { SchemaChangePanel } from "./schema_change_panel.tsx";
import { SqlEditor } from "./sql_editor.tsx";

/** The playground of a plugin. */
export function PlaygroundView({ plugin }: { readonly plugin: string }): JSX.Element {
  const playground = useStore().playgrounds.value.get(plugin);
  const draft = playground?.drafts.get(playground.open);
  return playground === undefined || draft === undefined
    ? <p class="quiet">Reading the files …</p>
    : <Draft key={playground.open} plugin={plugin} playground={playground} draft={draft} />;
}

interface DraftProps {
  readonly plugin: string;
  readonly playground: Playground;
  readonly draft: DraftState;
}

function Draft({ plugin, playground, draft }: DraftProps): JSX.Element {
  const store = useStore();
  const line = useSignal<number | null>(null);
  const nameProblem = fileNameProblem(draft.file);
  const report = draft.report?.ok === true ? draft.report.value : null;
  const own = report?.files.find(({ file }) => file === draft.file) ?? null;
  const findings = useMemo(() => mergeFindings(own?.findings ?? [], []), [own]);
  const version = parseFileName(draft.file)?.version ?? null;
  const isApplied = store.timeline.value.some((step) => step.isApplied && step.version === version);
  const versions = useMemo(
    () => effectVersions(draft.effect, { before: `before ${draft.file}`, after: draft.file }),
    [draft.effect, draft.file],
  );
  const isPresent = draft.isRehearsing || own?.effect != null;
  return (
    <div class="playground">
      <section class="playground-editor" aria-labelledby="draft-heading">
        {isApplied && version !== null && (
          <AppliedNotice plugin={plugin} version={version} text={own?.text ?? draft.text} />
        )}
        <div class="section-bar">
          <h3 id="draft-heading" class="section-heading">Playground</h3>
          <p class="playground-state" role="status" data-running={draft.isRehearsing}>
            {describeDraft(draft, findings)}
          </p>
        </div>
        <DraftBar plugin={plugin} playground={playground} />
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
            class={isApplied ? "button button-danger" : "button button-primary"}
            disabled={nameProblem !== null}
            onClick={() => void saveDraft(store, plugin)}
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
            memory: draftMemory(plugin, playground.open),
          }}
        />
        {!draft.isKept && <NotKept />}
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
              onReplace: (text) => {
                replaceDraft(store, plugin, text);
                // The keyboard is in the editor then, where Ctrl+Z undoes it.
                line.value = 1;
              },
            }}
          />
        )}
      </section>
      <div class="playground-effect" data-present={isPresent}>
        {draft.effect !== null && (
          <SchemaChangePanel
            effect={draft.effect}
            name={`${plugin}-${draft.file.replace(/\.sql$/, "")}`}
            versions={versions}
            compared={["before", "after"]}
            title={isPresent ? "Schema change" : "Schema change of the last complete rehearsal"}
          />
        )}
      </div>
    </div>
  );
}

/** An applied file does not run again, and one that was changed stops every run. */
function AppliedNotice(
  { plugin, version, text }: {
    readonly plugin: string;
    readonly version: number;
    readonly text: string;
  },
): JSX.Element {
  const store = useStore();
  return (
    <>
      <div class="notice" data-level="warning" role="status">
        <Icon name="warning" />
        <span>
          {padVersion(version)}{" "}
          is applied. A changed text does not run, and saving it stops every run of {plugin}{" "}
          until the file is again what ran.{" "}
          <button type="button" class="link" onClick={() => newDraft(store, plugin)}>
            Write a new migration instead
          </button>
        </span>
      </div>
      <AppliedDifference plugin={plugin} version={version} text={text} />
    </>
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
