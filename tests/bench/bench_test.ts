import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { barChart } from "./bar_chart.ts";
import { PARTS } from "./bench.ts";
import { sectionMarkdown, withSection } from "./performance_page.ts";
import { aimCell, alternate, medianOf, percentileOf } from "./samples.ts";

const bench = suite("bench");

bench("alternate() measures the ways in turn and leaves out the first round", async () => {
  const order: string[] = [];
  const way = (name: string) => ({
    name,
    measure: () => Promise.resolve(order.push(name)),
  });
  const samples = await alternate([way("a"), way("b")], 2);
  assert.equal(order, ["a", "b", "a", "b", "a", "b"]);
  assert.equal([...samples], [["a", [3, 5]], ["b", [4, 6]]]);
});

bench("percentileOf() takes a sample, whatever their order", () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.is(percentileOf(samples, 0.99), 99);
  assert.is(percentileOf([7], 0.99), 7);
});

bench("medianOf() takes the mean of the two samples in the middle of an even number", () => {
  assert.is(medianOf([3, 1, 2]), 2);
  assert.is(medianOf([4, 1, 3, 2]), 2.5);
});

bench("aimCell() says whether an aim is met", () => {
  assert.is(aimCell(1.5, 1.5), "1.5, met");
  assert.is(aimCell(1.51, 1.5), "1.5, missed");
});

bench("withSection() replaces the text of one part and refuses a page without it", () => {
  const page =
    "<!-- bench: a -->\nold\n<!-- bench: end -->\n<!-- bench: b -->\n<!-- bench: end -->\n";
  assert.is(
    withSection(page, "a", "new"),
    "<!-- bench: a -->\n\nnew\n\n<!-- bench: end -->\n<!-- bench: b -->\n<!-- bench: end -->\n",
  );
  assert.throws(() => withSection(page, "c", "new"), /<!-- bench: c -->/);
});

bench("docs/PERFORMANCE.md has a place for every part", () => {
  const page = Deno.readTextFileSync(new URL("../../docs/PERFORMANCE.md", import.meta.url));
  for (const { name } of PARTS) withSection(page, name, "");
});

bench("sectionMarkdown() writes a table between its origin and its notes", () => {
  const section = {
    table: { columns: ["what", "ms"], rows: [["status", "1.0"]] },
    notes: ["A note."],
    chart: [],
  };
  assert.is(
    sectionMarkdown(section, "Today."),
    "Today.\n\n| what | ms |\n| --- | ---: |\n| status | 1.0 |\n\nA note.",
  );
});

bench("barChart() scales each group to its longest bar and escapes labels", () => {
  const svg = barChart([
    { title: "few", bars: [{ label: "godwit", ms: 10 }, { label: "a < b", ms: 20 }] },
    { title: "many", bars: [{ label: "other", ms: 500 }] },
  ]);
  const widths = [...svg.matchAll(/class="(own|other)"[^>]* width="([\d.]+)"/g)];
  assert.equal(widths.map(([, kind, width]) => [kind, Number(width)]), [
    ["own", 220],
    ["other", 440],
    ["other", 440],
  ]);
  assert.ok(svg.includes("a &lt; b"));
});

bench.run();
