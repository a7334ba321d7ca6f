// Renders sections as Markdown, and writes them into docs/PERFORMANCE.md between their markers.

import { fileURLToPath } from "node:url";
import type { Section, Table } from "./part.ts";

const PAGE = fileURLToPath(new URL("../../docs/PERFORMANCE.md", import.meta.url));
const CHART = fileURLToPath(new URL("../../docs/images/performance.svg", import.meta.url));
const END = "<!-- bench: end -->";

/** A section as Markdown; `origin` says how its numbers were measured. */
export function sectionMarkdown({ table, notes }: Section, origin: string): string {
  return [origin, tableMarkdown(table), ...notes].join("\n\n");
}

/** A page with the text between the markers of a part replaced. Throws if it has no such markers. */
export function withSection(page: string, part: string, text: string): string {
  const begin = `<!-- bench: ${part} -->`;
  const start = page.indexOf(begin);
  const end = page.indexOf(END, start);
  if (start < 0 || end < 0) throw new Error(`No ${begin} with ${END} after it`);
  return `${page.slice(0, start)}${begin}\n\n${text}\n\n${page.slice(end)}`;
}

/** Writes the section of a part into the page. */
export function writeSection(part: string, text: string): Promise<void> {
  return writeFormatted(PAGE, withSection(Deno.readTextFileSync(PAGE), part, text));
}

/** Writes the chart that the page shows. */
export function writeChart(svg: string): Promise<void> {
  return writeFormatted(CHART, svg);
}

async function writeFormatted(path: string, text: string): Promise<void> {
  Deno.writeTextFileSync(path, text);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path] }).output();
}

function tableMarkdown({ columns, rows }: Table): string {
  const rule = columns.map((_, index) => index === 0 ? "---" : "---:");
  return [columns, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
