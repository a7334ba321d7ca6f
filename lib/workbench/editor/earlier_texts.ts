// Goes through earlier texts of an editor, as a shell does. Runs in the browser.

import type { EditorView, KeyBinding } from "@codemirror/view";

/** Alt with the arrow keys, and the arrow keys alone where nothing is typed. */
export function earlierTexts(texts: () => readonly string[]): readonly KeyBinding[] {
  // How far back it is, and what was typed before that; 0 is what is typed.
  let back = 0;
  let typed = "";
  const go = (view: EditorView, step: 1 | -1): boolean => {
    const present = view.state.doc.toString();
    const earlier = texts();
    if (back > 0 && present !== earlier[back - 1]) back = 0;
    if (back === 0) typed = present;
    // The newest one is shown already after it has run.
    const first = back === 0 && step === 1 && present.trim() === earlier[0] ? 2 : 1;
    const to = back + step * first;
    const text = to === 0 ? typed : earlier[to - 1];
    if (to < 0 || text === undefined) return true;
    back = to;
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: text },
      selection: { anchor: text.length },
      scrollIntoView: true,
    });
    return true;
  };
  const isIn = (view: EditorView): boolean => {
    const present = view.state.doc.toString();
    return present === "" || (back > 0 && present === texts()[back - 1]);
  };
  return [
    { key: "Alt-ArrowUp", run: (view) => go(view, 1) },
    { key: "Alt-ArrowDown", run: (view) => go(view, -1) },
    { key: "ArrowUp", run: (view) => isIn(view) && go(view, 1) },
    { key: "ArrowDown", run: (view) => isIn(view) && go(view, -1) },
  ];
}
