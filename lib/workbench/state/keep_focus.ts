// Moves the focus when the focused element is removed, such as a button with its row. Runs in the
// browser.

/**
 * Whenever a removed element would leave the focus with the document, where Tab starts over, moves
 * it to the tab of the selected view, or else to the plugin.
 */
export function keepFocus(): void {
  let last: EventTarget | null = null;
  addEventListener("focusin", ({ target }) => last = target);
  // A click outside of all controls removes the focus on purpose.
  addEventListener("pointerdown", () => last = null, { capture: true });
  const observer = new MutationObserver(() => {
    if (!(last instanceof Element) || last.isConnected) return;
    last = null;
    if (document.activeElement !== document.body) return;
    const target = document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]') ??
      document.querySelector("main");
    target?.focus({ preventScroll: true });
  });
  observer.observe(document.body, { childList: true, subtree: true });
}
