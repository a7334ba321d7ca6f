// Reads a Markdown page: its code blocks, hidden directives, headings, links and tables.

import GithubSlugger from "github-slugger";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { toString } from "mdast-util-to-string";
import { gfm } from "micromark-extension-gfm";

/** Something on a page that is carried out, in the order of the page. */
export type Block = CodeBlock | Directive;

/** A fenced code block. Its info string is a language and attributes: `sql fails=pragma`. */
export interface CodeBlock {
  readonly kind: "code";
  readonly language: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
  readonly line: number;
  /** Where the whole block stands in the page's text. */
  readonly start: number;
  readonly end: number;
}

/** An HTML comment whose first word is a command of the tests: `<!-- run ... -->`. */
export interface Directive {
  readonly kind: "directive";
  readonly command: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** What follows the first line. */
  readonly text: string;
  readonly line: number;
}

/** A link to a file, a heading or an address. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A heading, and the names that stand in backticks below it, alone in a heading or first in a row. */
export interface Section {
  readonly heading: string;
  readonly depth: number;
  readonly names: readonly string[];
}

/** A page of the documentation. */
export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  readonly anchors: ReadonlySet<string>;
  readonly sections: readonly Section[];
}

type Root = ReturnType<typeof fromMarkdown>;
type Node = Root | Root["children"][number];

/** Parses a page. */
export function parsePage(path: string, text: string): Page {
  const root = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const nodes = [...walk(root)];
  const slugger = new GithubSlugger();
  return {
    path,
    text,
    blocks: nodes.flatMap((node) => blockOf(node)),
    links: nodes.flatMap((node) =>
      node.type === "link" || node.type === "image" || node.type === "definition"
        ? [{ target: node.url, line: lineOf(node) }]
        : []
    ),
    anchors: new Set(
      nodes.flatMap((node) => node.type === "heading" ? [slugger.slug(toString(node))] : []),
    ),
    sections: sectionsOf(root),
  };
}

/** The names in the section with this heading and in the sections below it. */
export function namesUnder(page: Page, heading: string): readonly string[] {
  const start = page.sections.findIndex((section) => section.heading === heading);
  const first = page.sections[start];
  if (first === undefined) throw new Error(`${page.path} has no section "${heading}"`);
  const rest = page.sections.slice(start + 1);
  const next = rest.findIndex(({ depth }) => depth <= first.depth);
  const below = next === -1 ? rest : rest.slice(0, next);
  return [first, ...below].flatMap(({ names }) => names);
}

function* walk(node: Node): Generator<Node> {
  yield node;
  if ("children" in node) { for (const child of node.children) yield* walk(child); }
}

function blockOf(node: Node): readonly Block[] {
  if (node.type === "code" && node.lang) {
    return [{
      kind: "code",
      language: node.lang,
      attributes: attributesOf(node.meta ?? ""),
      text: node.value,
      line: lineOf(node),
      start: node.position?.start.offset ?? 0,
      end: node.position?.end.offset ?? 0,
    }];
  }
  if (node.type !== "html") return [];
  const match = /^<!--\s*test:\s*(\w+)([^\n]*?)(?:\n([\s\S]*?))?-->$/.exec(node.value.trim());
  if (match === null) return [];
  const [, command = "", attributes = "", text = ""] = match;
  return [{
    kind: "directive",
    command,
    attributes: attributesOf(attributes),
    text: text.trim(),
    line: lineOf(node),
  }];
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\s+/).filter((word) => word !== "").map((word) => {
      const [name = "", ...value] = word.split("=");
      return [name, value.join("=")];
    }),
  );
}

function sectionsOf(root: Root): readonly Section[] {
  const sections: { heading: string; depth: number; names: string[] }[] = [];
  for (const node of root.children) {
    if (node.type === "heading") {
      const [only] = node.children;
      const isName = node.children.length === 1 && only?.type === "inlineCode";
      sections.push({
        heading: toString(node),
        depth: node.depth,
        names: isName ? [only.value] : [],
      });
    }
    if (node.type === "table") sections.at(-1)?.names.push(...node.children.flatMap(firstNames));
  }
  return sections;
}

/** The names in the first cell of a row: `` `a`, `b` `` are two. */
function firstNames(row: Node): readonly string[] {
  if (row.type !== "tableRow" || row.children[0] === undefined) return [];
  return [...walk(row.children[0])].flatMap((node) =>
    node.type === "inlineCode" ? [node.value] : []
  );
}

function lineOf(node: Node): number {
  return node.position?.start.line ?? 0;
}
