// Explains a finding below it, in the words of the documentation. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { Inline, RemedyBlock } from "../model/remedy.ts";
import { loadRemedies } from "../state/remedies.ts";

/** One line with the code, which expands to its cause and its remedy. */
export function FindingRemedy({ code }: { readonly code: string }): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <details class="remedy" onToggle={(event) => isOpen.value = event.currentTarget.open}>
      <summary>
        <code>{code}</code>, explained
      </summary>
      {isOpen.value && <Explanation code={code} />}
    </details>
  );
}

function Explanation({ code }: { readonly code: string }): JSX.Element {
  const loaded = loadRemedies().value;
  if (loaded === null) return <p class="quiet">Loading …</p>;
  if (!loaded.ok) return <p class="problem-text" role="alert">{loaded.message}</p>;
  const blocks = loaded.value[code];
  if (blocks === undefined) return <p class="quiet">The documentation has no such code.</p>;
  return <div class="remedy-text">{blocks.map(show)}</div>;
}

function show(block: RemedyBlock, at: number): JSX.Element {
  switch (block.kind) {
    case "text":
      return <p key={at}>{block.parts.map(words)}</p>;
    case "list":
      return <ul key={at}>{block.items.map((item, at) => <li key={at}>{item.map(words)}</li>)}</ul>;
    case "code":
      return (
        <pre key={at} class="code" tabIndex={0} role="group" aria-label="Example">{block.text}</pre>
      );
  }
  block satisfies never;
}

function words(part: Inline, at: number): JSX.Element | string {
  return typeof part === "string" ? part : <code key={at}>{part.code}</code>;
}
