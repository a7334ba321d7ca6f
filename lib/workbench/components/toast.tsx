// A short message, also for screen readers. Runs in the browser.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useStore } from "../state/store_context.ts";

const SHOWN_MS = 6_000;

/** The last message. It disappears, because everything that matters is shown elsewhere too. */
export function Toast(): JSX.Element {
  const store = useStore();
  const said = store.said.value;
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => store.said.value = "", SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <>
      <div class="toast" role="status">{said}</div>
      <div class="unseen" role="status">{store.announced.value}</div>
    </>
  );
}
