// isFolded() and topEntries(): when a result makes way, and what it shows first.

import * as assert from "uvu/assert";
import type { ApplyReply, RunEntry } from "../../../lib/message/reply.ts";
import {
  isFolded,
  type ShownOutcome,
  type Sight,
  topEntries,
} from "../../../lib/workbench/model/shown_outcome.ts";
import { suite } from "../../support/suite.ts";
import { filesReport, statusReply } from "./sample.ts";

const shown = suite("shown outcome");

const APPLIED: ApplyReply = {
  success: true,
  verb: "apply",
  plugin_name: "notes",
  run_id: "1",
  dry_run: false,
  previous_version: 0,
  current_version: 2,
  warnings: [],
  plan_hash: "0".repeat(64),
  total_time_ms: 1,
  applied_migrations: [],
};
const STATUS = statusReply([1, 2], [3]);
const REPORT = { ok: true, value: filesReport() } as const;
const SIGHT: Sight = { step: "2", status: STATUS, report: REPORT };
const PLANNED = { verb: "apply", label: "Apply to here", target: 2, migrations: [] } as const;
const OPEN: ShownOutcome = {
  outcome: { kind: "run", planned: PLANNED, reply: APPLIED },
  sight: SIGHT,
  isFolded: false,
};
const REFUSED: ShownOutcome = {
  ...OPEN,
  outcome: {
    kind: "run",
    planned: PLANNED,
    reply: {
      success: false,
      verb: "apply",
      error_code: "VALIDATION_FAILED",
      message: "no",
      plugin_name: "notes",
      errors: [],
      warnings: [],
    },
  },
};

const CASES: readonly (readonly [string, ShownOutcome, Sight, boolean])[] = [
  ["where it was opened", OPEN, SIGHT, false],
  ["beside another step", OPEN, { ...SIGHT, step: "3" }, true],
  ["once the user has folded it", { ...OPEN, isFolded: true }, SIGHT, true],
  ["after a status of the version that it reports", OPEN, {
    ...SIGHT,
    status: statusReply([1, 2], [3]),
  }, false],
  ["after a status of another version", OPEN, { ...SIGHT, status: statusReply([1], [2]) }, true],
  ["while no status is known", OPEN, { ...SIGHT, status: null }, false],
  [
    "after a status of the version that it has reached since it was requested",
    {
      ...OPEN,
      sight: { ...SIGHT, status: statusReply([1], [2]) },
    },
    SIGHT,
    false,
  ],
  ["after the files have changed", OPEN, { ...SIGHT, report: { ...REPORT } }, true],
  [
    "after the files were read for the first time",
    {
      ...OPEN,
      sight: { ...SIGHT, report: null },
    },
    SIGHT,
    false,
  ],
  ["of a refused run, while the version stays", REFUSED, {
    ...SIGHT,
    status: statusReply([1, 2], []),
  }, false],
  [
    "of a refused run, at another version",
    REFUSED,
    { ...SIGHT, status: statusReply([1], []) },
    true,
  ],
];

for (const [where, outcome, sight, expected] of CASES) {
  shown(`a result is ${expected ? "folded" : "open"} ${where}`, () => {
    assert.is(isFolded(outcome, sight), expected);
  });
}

shown(
  "topEntries() has what loses data first, in the order of the run, and the rest counted",
  () => {
    const entries = Array.from({ length: 12 }, (_, index): RunEntry => ({
      success: true,
      version: index + 1,
      name: "n",
      execution_time_ms: 1,
      applied_at: null,
      applied_by: "ada",
      statements: 1,
      changes: [],
      data_loss: index === 4 || index === 11 ? [{ kind: "rows", table: "t", rows: 1 }] : [],
    }));
    const { shown: top, hidden } = topEntries(entries, 10);
    assert.equal(top.map(({ version }) => version), [5, 12, 1, 2, 3, 4, 6, 7, 8, 9]);
    assert.is(hidden, 2);
    assert.is(topEntries(entries, Infinity).hidden, 0);
  },
);

shown.run();
