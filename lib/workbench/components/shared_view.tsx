// The files of a link: read-only, and rehearsed on an empty database. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { mergeFindings } from "../model/findings.ts";
import { schemaVersions, versionBefore } from "../model/schema_versions.ts";
import { keepShared, showShared } from "../state/share.ts";
import type { Shared } from "../model/shared.ts";
import { useStore } from "../state/store_context.ts";
import { FindingList } from "./finding_list.tsx";
import { Icon } from "./icon.tsx";
import { SchemaChangePanel } from "./schema_change_panel.tsx";
import { SqlEditor } from "./sql_editor.tsx";

/** A shared playground. */
export function SharedView({ shared }: { readonly shared: Shared }): JSX.Element {
  switch (shared.kind) {
    case "reading":
      return <p class="quiet page-waiting">Reading the link …</p>;
    case "refused":
      return (
        <p class="notice" data-level="error" role="alert">
          <Icon name="cross" />
          <span>{shared.message}</span>
        </p>
      );
    case "open":
      return <SharedPlayground shared={shared} />;
  }
  shared satisfies never;
}

function SharedPlayground(
  { shared }: { readonly shared: Extract<Shared, { kind: "open" }> },
): JSX.Element {
  const store = useStore();
  const line = useSignal<number | null>(null);
  const { files: { plugin, files }, file, report } = shared;
  const text = files.find((each) => each.file === file)?.text ?? "";
  const own = report?.ok === true
    ? report.value.files.find((each) => each.file === file) ?? null
    : null;
  const versions = useMemo(
    () => schemaVersions(report?.ok === true ? report.value.files : []),
    [report],
  );
  const findings = useMemo(() => mergeFindings(own?.findings ?? [], []), [own]);
  return (
    <>
      <header class="plugin-head">
        <h2 class="plugin-title">Shared playground</h2>
        <p class="quiet">
          Files of {plugin}{" "}
          from a link. They are read-only, rehearsed on an empty database, and saved nowhere.
        </p>
        <button type="button" class="button" onClick={() => keepShared(store)}>
          Save as a plugin …
        </button>
      </header>
      <div class="playground shared-playground">
        <section class="playground-editor" aria-labelledby="shared-heading">
          <div class="section-bar">
            <h3 id="shared-heading" class="section-heading">{file}</h3>
            <p class="playground-state" role="status" data-running={report === null}>
              {describe(shared, findings)}
            </p>
          </div>
          {files.length > 1 && (
            <label class="draft-choice">
              File
              <select
                value={file}
                onChange={(event) => showShared(store, event.currentTarget.value)}
              >
                {files.map((each) => (
                  <option key={each.file} value={each.file}>{each.file}</option>
                ))}
              </select>
            </label>
          )}
          <SqlEditor
            key={file}
            label={`SQL of ${file}`}
            text={text}
            findings={findings}
            line={line}
            edit={null}
          />
          {report?.ok === false && <p class="problem-text">{report.message}</p>}
          {findings.length > 0 && (
            <FindingList
              findings={findings}
              onShow={(shown) => line.value = shown}
            />
          )}
        </section>
        <div class="playground-effect">
          {own?.effect != null && (
            <SchemaChangePanel
              key={file}
              effect={own.effect}
              title="Schema change"
              name={`${plugin}-${file.replace(/\.sql$/, "")}`}
              versions={versions}
              compared={[versionBefore(versions, file), file]}
            />
          )}
        </div>
      </div>
    </>
  );
}

function describe(
  { report }: Extract<Shared, { kind: "open" }>,
  findings: readonly { readonly level: string }[],
): string {
  if (report === null) return "Rehearsing …";
  if (!report.ok) return "Not rehearsed";
  const errors = findings.filter(({ level }) => level === "ERROR").length;
  if (errors === 1) return "1 error";
  return errors > 0 ? `${errors} errors` : "Runs up, down and up again";
}
