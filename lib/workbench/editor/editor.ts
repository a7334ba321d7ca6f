// CodeMirror for SQLite's SQL, in a shadow root. Runs in the browser.

import {
  defaultKeymap,
  history,
  historyField,
  historyKeymap,
  isolateHistory,
} from "@codemirror/commands";
import { sql, SQLite } from "@codemirror/lang-sql";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  tooltips,
} from "@codemirror/view";
import type { FindingMessage } from "../../message/reply.ts";
import { placeFindings } from "../model/findings.ts";
import { earlierTexts } from "./earlier_texts.ts";
import { keepEditor, recallEditor } from "./editor_memory.ts";
import { EDITOR_THEME, SQL_HIGHLIGHTING } from "./editor_theme.ts";

/** The content of an editor and its callbacks. */
export interface EditorOptions {
  /** The accessible name. */
  readonly label: string;
  readonly text: string;
  readonly isReadOnly: boolean;
  /**
   * The name under which it keeps its selection and what can be undone while it is closed; `null`
   * to begin anew.
   */
  readonly memory: string | null;
  readonly onChange: (text: string) => void;
  readonly onSubmit: () => void;
  /** What is selected, in UTF-16 units. */
  readonly onSelect: (selection: { readonly from: number; readonly to: number }) => void;
  /** Earlier texts, newest first; `null` for an editor that has none. */
  readonly earlier: (() => readonly string[]) | null;
}

/** An editor on the page. */
export interface Editor {
  /** Replaces the text where it differs. In an editable editor, the user can undo it. */
  setText(text: string): void;
  setFindings(findings: readonly FindingMessage[]): void;
  /** Completes these names from now on: tables and views with their columns. */
  setNames(names: Readonly<Record<string, readonly string[]>>): void;
  /** Scrolls to a line, from 1, and puts the cursor there. */
  showLine(line: number): void;
  destroy(): void;
}

const SEVERITIES: Readonly<Record<FindingMessage["level"], Diagnostic["severity"]>> = {
  ERROR: "error",
  WARNING: "warning",
  INFO: "info",
};

/**
 * Makes an editor inside `host`. In a shadow root CodeMirror adds its styles as constructed style
 * sheets, which a strict Content-Security-Policy allows. It forbids <style> elements.
 */
export function createEditor(host: HTMLElement, options: EditorOptions): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const { memory } = options;
  const language = new Compartment();
  const view = new EditorView({ root, parent: root, state: initialState(root, language, options) });
  let isOpen = true;
  // Setting the same names again would close a list that is open.
  let knownNames = "";
  const setText = (text: string): void => {
    const changes = replacement(view.state.doc.toString(), text);
    // Undone alone, and not with what was typed just before.
    const annotations = isolateHistory.of("full");
    if (changes !== null) view.dispatch({ changes, annotations });
  };
  setText(options.text);
  return {
    setText,
    setFindings(findings) {
      const text = view.state.doc.toString();
      const diagnostics = placeFindings(text, findings).map((
        { from, to, finding },
      ): Diagnostic => ({
        from,
        to,
        severity: SEVERITIES[finding.level],
        message: finding.message,
        source: finding.code,
      }));
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    showLine(number) {
      const { doc } = view.state;
      const { from, to } = doc.line(Math.min(Math.max(number, 1), doc.lines));
      view.dispatch({
        selection: { anchor: from, head: to },
        effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
      view.focus();
    },
    setNames(names) {
      const asText = JSON.stringify(names);
      if (asText === knownNames) return;
      knownNames = asText;
      // Most editors complete nothing, and this one works without it, also if it cannot be loaded.
      import("./completion.ts").then(({ completion }) => {
        if (isOpen) view.dispatch({ effects: language.reconfigure(completion(names)) });
      }, () => {});
    },
    destroy() {
      isOpen = false;
      if (memory !== null) keepEditor(memory, view.state.toJSON({ history: historyField }));
      view.destroy();
    },
  };
}

function initialState(
  root: ShadowRoot,
  language: Compartment,
  options: EditorOptions,
): EditorState {
  const kept = options.memory === null ? undefined : recallEditor(options.memory);
  const config = { extensions: extensions(root, language, options) };
  return kept === undefined
    ? EditorState.create({ ...config, doc: options.text })
    : EditorState.fromJSON(kept, config, { history: historyField });
}

function extensions(
  root: ShadowRoot,
  language: Compartment,
  options: EditorOptions,
): readonly Extension[] {
  const { label, isReadOnly, onChange, onSubmit, onSelect, earlier } = options;
  return [
    lineNumbers(),
    lintGutter(),
    language.of(sql({ dialect: SQLite, upperCaseKeywords: true })),
    syntaxHighlighting(SQL_HIGHLIGHTING),
    bracketMatching(),
    EDITOR_THEME,
    // By default a tooltip is a child of the document, where the editor's styles do not apply.
    tooltips({ position: "fixed", parent: tooltipHost(root) }),
    EditorView.contentAttributes.of({
      "aria-label": label,
      // Without it, only some browsers and screen readers take editable content for focusable.
      tabindex: "0",
      ...(isReadOnly ? { "aria-readonly": "true" } : {}),
    }),
    isReadOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : [
      history(),
      EditorView.domEventHandlers({ beforeinput: typeOver }),
      drawSelection(),
      highlightActiveLine(),
      keymap.of([
        {
          key: "Mod-Enter",
          run() {
            onSubmit();
            return true;
          },
        },
        ...earlier === null ? [] : earlierTexts(earlier),
        ...defaultKeymap,
        ...historyKeymap,
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
        const { from, to } = update.state.selection.main;
        if (update.docChanged || update.selectionSet) onSelect({ from, to });
      }),
    ],
  ];
}

/** The change from one text to another; `null` if they are equal. What stays keeps its place. */
function replacement(
  before: string,
  after: string,
): { readonly from: number; readonly to: number; readonly insert: string } | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const insert = after.slice(start, after.length - end);
  return { from: start, to: before.length - end, insert };
}

// Without this, Chromium gives text typed over a selection the style of the replaced text, as an
// inline style, which the policy refuses and reports.
function typeOver(event: InputEvent, view: EditorView): boolean {
  const { data, inputType, isComposing } = event;
  const { state } = view;
  if (inputType !== "insertText" || data === null || isComposing) return false;
  if (state.selection.main.empty || state.readOnly) return false;
  view.dispatch(state.replaceSelection(data), { scrollIntoView: true, userEvent: "input.type" });
  return true;
}

function tooltipHost(root: ShadowRoot): HTMLElement {
  const host = document.createElement("div");
  root.append(host);
  return host;
}
