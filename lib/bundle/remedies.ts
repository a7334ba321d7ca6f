// Takes what the documentation says about each finding out of Markdown, for the sandbox's page. Pure;
// runs anywhere.

import { fromMarkdown } from "mdast-util-from-markdown";
import { toString } from "mdast-util-to-string";
import type { Inline, Remedies, RemedyBlock } from "../workbench/model/remedy.ts";

type Root = ReturnType<typeof fromMarkdown>;
type Node = Root["children"][number];
type Phrase = Extract<Node, { readonly type: "paragraph" }>["children"][number];

/** Reads the sections whose headings are a code of a finding alone. */
export function remediesOf(markdown: string): Remedies {
  const sections = new Map<string, RemedyBlock[]>();
  let code: string | null = null;
  for (const node of fromMarkdown(markdown).children) {
    if (node.type === "heading") {
      const [only] = node.children;
      code = node.depth === 3 && node.children.length === 1 && only?.type === "inlineCode"
        ? only.value
        : null;
      if (code !== null) sections.set(code, []);
    } else if (code !== null) {
      sections.get(code)?.push(...blocksOf(node));
    }
  }
  return Object.fromEntries(sections);
}

function blocksOf(node: Node): readonly RemedyBlock[] {
  switch (node.type) {
    case "paragraph":
      return [{ kind: "text", parts: node.children.map(inlineOf) }];
    case "code":
      return [{ kind: "code", text: node.value }];
    case "list":
      return [{
        kind: "list",
        items: node.children.map(({ children }) =>
          children.flatMap((child) =>
            child.type === "paragraph" ? child.children.map(inlineOf) : [toString(child)]
          )
        ),
      }];
    case "html":
      // A comment for the tests.
      return [];
    default:
      throw new TypeError(`A remedy has a ${node.type}, which the page does not show`);
  }
}

// The page has no other pages of the documentation, so a link is its words.
function inlineOf(phrase: Phrase): Inline {
  return phrase.type === "inlineCode"
    ? { code: phrase.value }
    : toString(phrase).replaceAll("\n", " ");
}
