// Counters and histograms, and their text.

import * as assert from "uvu/assert";
import { expositionText } from "../../lib/metrics/exposition.ts";
import { Counter, gauge, Histogram } from "../../lib/metrics/family.ts";
import { suite } from "../support/suite.ts";

const families = suite("metrics");

families("a counter begins at 0 in the series that are known, and adds up by labels", () => {
  const counter = new Counter("runs_total", "Runs.", [{ verb: "apply" }]);
  counter.add({ verb: "plan" });
  counter.add({ verb: "plan" }, 2);
  assert.is(
    expositionText([counter.family()]),
    '# HELP runs_total Runs.\n# TYPE runs_total counter\nruns_total{verb="apply"} 0\n' +
      'runs_total{verb="plan"} 3\n',
  );
});

families("the buckets of a histogram are cumulative, and a limit belongs to its bucket", () => {
  const histogram = new Histogram("run_seconds", "Time.", [0.1, 1]);
  for (const seconds of [0.05, 0.1, 0.5, 7]) histogram.observe({}, seconds);
  assert.is(
    expositionText([histogram.family()]),
    "# HELP run_seconds Time.\n# TYPE run_seconds histogram\n" +
      'run_seconds_bucket{le="0.1"} 2\nrun_seconds_bucket{le="1"} 3\n' +
      'run_seconds_bucket{le="+Inf"} 4\nrun_seconds_sum 7.65\nrun_seconds_count 4\n',
  );
});

families("what would end a label or a line is escaped", () => {
  const family = gauge("x", 'A "quoted"\nline \\ more', [[{ name: 'a"b\\c\nd' }, 1]]);
  assert.is(
    expositionText([family]),
    '# HELP x A "quoted"\\nline \\\\ more\n# TYPE x gauge\nx{name="a\\"b\\\\c\\nd"} 1\n',
  );
});

families("a family without a sample is left out", () => {
  assert.is(expositionText([gauge("x", "X.", [])]), "");
});

families.run();
