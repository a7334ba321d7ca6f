// Gives the keyboard a place when what had it goes away, such as a button with its row. In the browser.

/**
 * From now on, moves the focus to the tab of the view that is shown, or else to the plugin, where the
 * browser would leave it with the document, from which Tab begins all over.
 */
export function keepFocus(): void {
  let last: EventTarget | null = null;
  addEventListener("focusin", ({ target }) => last = target);
  // Who points at nothing in particular wants the focus nowhere.
  addEventListener("pointerdown", () => last = null, { capture: true });
  const observer = new MutationObserver(() => {
    if (!(last instanceof Element) || last.isConnected) return;
    last = null;
    if (document.activeElement !== document.body) return;
    const place = document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]') ??
      document.querySelector("main");
    place?.focus({ preventScroll: true });
  });
  observer.observe(document.body, { childList: true, subtree: true });
}
