// What a schema.sql leads to: questions, the generated file, and what it changes. Runs in the
// browser.

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { GeneratedFile, SchemaDifference } from "../../browser/comparison.ts";
import type { PluginEntry } from "../../browser/sandbox.ts";
import type { Outcome } from "../../outcome.ts";
import { effectVersions } from "../model/schema_versions.ts";
import { isUpToDate } from "../model/schema_words.ts";
import { openText } from "../state/draft.ts";
import { createFile, downloadFile, editSchemaDraft } from "../state/schema_draft.ts";
import type { SchemaDraft } from "../state/store.ts";
import { useStore } from "../state/store_context.ts";
import { RenameQuestionField } from "./rename_question_field.tsx";
import { SchemaChangePanel } from "./schema_change_panel.tsx";
import { SqlEditor } from "./sql_editor.tsx";

interface GeneratedProps {
  readonly entry: PluginEntry;
  readonly draft: SchemaDraft;
}

/** The result of the last text that had no error. */
export function GeneratedMigration({ entry, draft }: GeneratedProps): JSX.Element {
  const { shown, isComparing } = draft;
  const isMarked = !isComparing && !isUpToDate(draft);
  if (shown?.kind !== "different") {
    return (
      <p class="quiet">
        {isMarked
          ? "The migration is shown here once the schema has no error."
          : `The files of ${entry.name} make this schema, so there is nothing to migrate. ` +
            "Edit it to see the next migration."}
      </p>
    );
  }
  return (
    <div class="from-schema-result" data-present={!isMarked}>
      {isMarked && (
        <p class="notice" data-level="warning" role="status">
          This is the migration of the last schema without an error.
        </p>
      )}
      <Different entry={entry} draft={draft} difference={shown} />
    </div>
  );
}

function Different(
  { entry, draft, difference }: GeneratedProps & { readonly difference: SchemaDifference },
): JSX.Element {
  const { questions, file, effect } = difference;
  const versions = useMemo(
    () => effectVersions(effect, { before: "schema of the files", after: "schema.sql" }),
    [effect],
  );
  return (
    <>
      {questions.length > 0 && (
        <section class="rename-questions" aria-label="Renames">
          {questions.map((question) => (
            <RenameQuestionField
              key={question.name}
              plugin={entry.name}
              question={question}
              answer={draft.renames.get(question.name) ?? null}
            />
          ))}
        </section>
      )}
      {file === null
        ? <p class="quiet">The file is generated once it is clear what was renamed.</p>
        : <NextFile entry={entry} draft={draft} file={file} />}
      <SchemaChangePanel
        effect={effect}
        title="Schema change"
        name={`${entry.name}-schema`}
        versions={versions}
        compared={["before", "after"]}
      />
    </>
  );
}

function NextFile(
  { entry, draft, file }: GeneratedProps & { readonly file: Outcome<GeneratedFile> },
): JSX.Element {
  if (!file.ok) return <p class="problem-text">{file.message}</p>;
  const { file: name, text, losses } = file.value;
  return (
    <section class="next-file" aria-labelledby="next-file-heading">
      <Description plugin={entry.name} draft={draft} />
      <div class="section-bar">
        <h4 id="next-file-heading" class="section-heading">
          <code>{name}</code>
        </h4>
        <FileActions entry={entry} draft={draft} file={file.value} />
      </div>
      {entry.origin !== "saved" && (
        <p class="quiet">
          The files of {entry.name}{" "}
          are not in this browser, so the page cannot write to them. Download the file, or try it in
          the playground.
        </p>
      )}
      {losses.length > 0 && (
        <ul class="next-file-losses" aria-label="Losses">
          {losses.map((loss) => <li key={loss}>Loses {loss}</li>)}
        </ul>
      )}
      <SqlEditor label="Generated migration" text={text} findings={[]} line={null} edit={null} />
    </section>
  );
}

function Description(
  { plugin, draft }: { readonly plugin: string; readonly draft: SchemaDraft },
): JSX.Element {
  const store = useStore();
  return (
    <label class="field">
      What it is for
      <input
        type="text"
        value={draft.description}
        placeholder="Names the file, such as: drop author"
        autocomplete="off"
        maxLength={200}
        onInput={(event) =>
          editSchemaDraft(store, plugin, { description: event.currentTarget.value })}
      />
    </label>
  );
}

/** Files that come from a server or a bundle cannot be written here. */
function FileActions(
  { entry, draft, file }: GeneratedProps & { readonly file: GeneratedFile },
): JSX.Element {
  const store = useStore();
  const isSaved = entry.origin === "saved";
  const isDisabled = !isUpToDate(draft);
  return (
    <div class="row" role="group" aria-label="Generated file">
      <button
        type="button"
        class="button button-small"
        aria-disabled={isDisabled}
        onClick={() => !isDisabled && downloadFile(file)}
      >
        Download
      </button>
      <button
        type="button"
        class={isSaved ? "button button-small" : "button button-small button-primary"}
        aria-disabled={isDisabled}
        onClick={() => !isDisabled && openText(store, entry.name, file)}
      >
        Open in playground
      </button>
      {isSaved && (
        <button
          type="button"
          class="button button-small button-primary"
          aria-disabled={isDisabled}
          onClick={() => !isDisabled && void createFile(store, entry.name, file)}
        >
          Create file
        </button>
      )}
    </div>
  );
}
