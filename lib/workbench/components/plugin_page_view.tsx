// The plugin's own page, in a frame that reaches its own database only. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { openPluginFrame } from "../../browser/mod.ts";
import type { PluginEntry } from "../../browser/sandbox.ts";
import { useStore } from "../state/store_context.ts";

/** Runs the plugin's page while it is rendered. */
export function PluginPageView({ entry }: { readonly entry: PluginEntry }): JSX.Element {
  const store = useStore();
  const parent = useRef<HTMLDivElement>(null);
  const stopped = useSignal<string | null>(null);
  const sandbox = store.sandbox.value;
  useEffect(() => {
    if (parent.current === null || sandbox === null || entry.page === null) return;
    stopped.value = null;
    const frame = openPluginFrame({
      plugin: entry.name,
      page: entry.page,
      frameUrl: new URL("./plugin_frame.html", document.baseURI),
      parent: parent.current,
      sandbox,
      onStopped: (reason) => stopped.value = reason,
    });
    return () => frame[Symbol.dispose]();
  }, [entry.name, entry.page, sandbox]);
  return (
    <section class="plugin-page" aria-labelledby="page-heading">
      <h3 id="page-heading" class="section-heading">Plugin page</h3>
      <p class="quiet">
        {entry.page === null
          ? `${entry.name} has no page of its own`
          : "Code of the plugin, isolated: it can access its own database only"}
      </p>
      {stopped.value !== null && <p class="problem-text" role="alert">{stopped.value}</p>}
      <div class="plugin-frame" ref={parent} />
    </section>
  );
}
