// SQL with highlighting and findings at their lines: CodeMirror in a shadow root. Runs in the
// browser.

import type { JSX } from "preact";
import type { Signal } from "@preact/signals";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { FindingMessage } from "../../message/reply.ts";
import type { Editor } from "../editor/editor.ts";
import { editorPart } from "../editor/load_editor.ts";
import { Unloaded } from "./unloaded.tsx";

interface SqlEditorProps {
  readonly label: string;
  /** The initial text of an editable editor. */
  readonly text: string;
  readonly findings: readonly FindingMessage[];
  /** A line to scroll to. Set to `null` after the editor has scrolled. */
  readonly line: Signal<number | null> | null;
  /** `null` for a read-only editor. */
  readonly edit: {
    readonly onChange: (text: string) => void;
    /** Ctrl+Enter, or Cmd+Enter. */
    readonly onSubmit: (() => void) | null;
    /** When it changes, the text replaces the one in the editor. */
    readonly edition?: number;
    readonly onSelect?: (selection: { readonly from: number; readonly to: number }) => void;
    /** Tables and views with their columns, to complete; without it, nothing is completed. */
    readonly names?: Readonly<Record<string, readonly string[]>> | null;
    /** Earlier texts, newest first, which the arrow keys bring back. */
    readonly history?: readonly string[];
    /** The name under which it keeps what can be undone while it is closed. */
    readonly memory?: string;
  } | null;
}

/** An editor for SQLite's SQL. Tab moves focus out of it, as in every other field. */
export function SqlEditor({ label, text, findings, line, edit }: SqlEditorProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  // The editor outlives a render, so it reads the present callbacks from a ref.
  const current = useRef(edit);
  current.current = edit;

  const part = editorPart().value;

  // Before the first paint, so that the layout below does not shift.
  useLayoutEffect(() => {
    if (host.current === null || part?.ok !== true) return;
    const created = part.value.createEditor(host.current, {
      label,
      text,
      isReadOnly: edit === null,
      memory: edit?.memory ?? null,
      onChange: (changed) => current.current?.onChange(changed),
      onSubmit: () => current.current?.onSubmit?.(),
      onSelect: (selection) => current.current?.onSelect?.(selection),
      earlier: edit?.history === undefined ? null : () => current.current?.history ?? [],
    });
    editor.current = created;
    return () => created.destroy();
  }, [part]);
  // Typed text comes back a render later, when more may have been typed. So an editable editor
  // takes its initial text once, and then one that the page has changed.
  useEffect(() => editor.current?.setText(text), [part, edit === null ? text : edit.edition]);
  useEffect(() => editor.current?.setFindings(findings), [part, findings]);
  useEffect(() => {
    const names = edit?.names ?? null;
    if (names !== null) editor.current?.setNames(names);
  }, [part, edit?.names]);
  useSignalEffect(() => {
    const shown = line?.value ?? null;
    if (line === null || shown === null || editor.current === null) return;
    editor.current.showLine(shown);
    line.value = null;
  });
  return (
    <>
      <div class="sql-editor" data-editable={edit !== null}>
        {part?.ok !== true && <pre class="sql-plain" tabIndex={0} aria-label={label}>{text}</pre>}
        <div ref={host} />
      </div>
      {part?.ok === false && <Unloaded message={part.message} />}
    </>
  );
}
