// Draws groups of horizontal bars as SVG, readable on light and dark pages. Pure.

import type { BarGroup } from "./part.ts";
import { formatNumber } from "./samples.ts";

const WIDTH = 760;
const LABEL_WIDTH = 230;
const VALUE_WIDTH = 90;
const ROW_HEIGHT = 26;
const BAR_HEIGHT = 16;
const TITLE_HEIGHT = 38;
const MARGIN = 12;

const STYLE = `text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; }
.own { fill: #0969da; }
.other { fill: #8c959f; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .own { fill: #4493f8; }
  .other { fill: #6e7681; }
}`;

/** An SVG document; each group has a scale of its own. Bars of godwit have a colour of their own. */
export function barChart(groups: readonly BarGroup[]): string {
  const lines: string[] = [];
  let top = MARGIN;
  for (const { title, bars } of groups) {
    lines.push(`<text class="title" x="${MARGIN}" y="${top + 20}">${escape(title)}</text>`);
    top += TITLE_HEIGHT;
    const longest = Math.max(...bars.map(({ ms }) => ms));
    for (const { label, ms } of bars) {
      const width = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) * ms / longest;
      const kind = label.startsWith("godwit") ? "own" : "other";
      const middle = top + BAR_HEIGHT - 3;
      lines.push(
        `<text x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escape(label)}</text>`,
        `<rect class="${kind}" x="${LABEL_WIDTH}" y="${top}" width="${width.toFixed(1)}" ` +
          `height="${BAR_HEIGHT}" rx="2"/>`,
        `<text x="${(LABEL_WIDTH + width + 8).toFixed(1)}" y="${middle}">${
          formatNumber(ms)
        } ms</text>`,
      );
      top += ROW_HEIGHT;
    }
  }
  const height = top + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escape(groups.map(({ title }) => title).join("; "))}</title>`,
    `<style>\n${STYLE}\n</style>`,
    ...lines,
    "</svg>\n",
  ].join("\n");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
