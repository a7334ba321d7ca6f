// The pure plan of a rollout over nodes: what happens next, given the reports.

import * as assert from "uvu/assert";
import { command, type OperatorCommand } from "../../lib/fleet/commands.ts";
import { decide } from "../../lib/fleet/decide.ts";
import type { Progress, SeenNode } from "../../lib/fleet/node_report.ts";
import { waveCount, waveOf } from "../../lib/fleet/node_order.ts";
import { mayApply, nodeStep } from "../../lib/fleet/node_step.ts";
import type { RolloutRecord, RolloutState } from "../../lib/fleet/rollout_record.ts";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";
import { aNode, aRollout, aState, PLAN, ROLLOUT_ID, someProgress } from "./fleet_facts.ts";

const plan = suite("decide()");

const NODES = ["a", "b", "c", "d"];
const OTHER_PLAN = "c".repeat(64);
const MEASURED = someProgress();
const APPLIED = someProgress({
  stage: "applied",
  counts: { applied: 1, unchanged: 0, failed: 0, rows_lost: 0 },
});
const FAILED = someProgress({
  stage: "applied",
  counts: { applied: 0, unchanged: 0, failed: 1, rows_lost: 0 },
});

// In the order of their waves, with one node in the first and three in the second.
const rollout = aRollout(NODES, "1,100%");
const [canary = "", ...others] = NODES.toSorted((one, other) =>
  wave(rollout, one) - wave(rollout, other)
);

function wave(record: RolloutRecord, name: string): number {
  return waveOf(record, { name, labels: {} });
}

function manyPlans(count: number, letter: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${index}`.padStart(64, letter));
}

/** The canary and the others, each with one progress. */
function nodes(first: Progress | null, rest: Progress | null): readonly SeenNode[] {
  return [aNode(canary, first), ...others.map((name) => aNode(name, rest))];
}

function at(state: Partial<RolloutState>, given: Partial<RolloutRecord> = {}): RolloutRecord {
  return { ...rollout, ...given, state: aState(state) };
}

const OPEN_1 = { open: 1, plans: [PLAN] };
const OPEN_2 = { open: 2, plans: [PLAN] };
const LIMITED = {
  limits: { max_failures: 0, max_rows_lost: 5, answer_within_ms: 1_000 },
} as const;
const losing = (rows: number, progress: Progress = MEASURED): Progress => ({
  ...progress,
  rows_at_stake: progress.stage === "measured" ? rows : 0,
  counts: { ...progress.counts, rows_lost: progress.stage === "measured" ? 0 : rows },
});

/** What the decision changes; `null` where the rollout waits. */
const CASES: readonly (readonly [
  name: string,
  rollout: RolloutRecord,
  nodes: readonly SeenNode[],
  nowMs: number,
  expected: Partial<RolloutState> | null,
])[] = [
  ["begins by the server's clock", at({ since_ms: null }), nodes(null, null), 70, { since_ms: 70 }],
  ["waits until the first wave has measured", at({}), nodes(null, MEASURED), 0, null],
  [
    "opens the first wave, and learns its plans",
    at({}),
    nodes({ ...MEASURED, findings: ["data-loss@2"] }, null),
    9,
    { open: 1, since_ms: 9, plans: [PLAN], findings: ["data-loss@2"] },
  ],
  [
    "halts where the first wave has more plans than a record holds",
    aRollout(NODES, "3,100%"),
    NODES.map((name, index) => aNode(name, { ...MEASURED, plans: manyPlans(200, `${index}`) })),
    0,
    { phase: "halted", open: 0 },
  ],
  ["waits until the first wave has applied", at(OPEN_1), nodes(MEASURED, MEASURED), 0, null],
  ["opens the second wave", at(OPEN_1), nodes(APPLIED, MEASURED), 9, { open: 2, since_ms: 9 }],
  ["waits for the measures of the second wave", at(OPEN_1), nodes(APPLIED, null), 0, null],
  ["is done when the last wave has applied", at(OPEN_2), nodes(APPLIED, APPLIED), 0, {
    phase: "done",
  }],
  ["halts at a failure", at(OPEN_1), nodes(FAILED, MEASURED), 0, { phase: "halted" }],
  [
    "halts before a wave of which a database cannot be measured",
    at(OPEN_1),
    [
      aNode(canary, APPLIED),
      ...others.map((name, index) =>
        aNode(name, index === 0 ? { ...FAILED, stage: "measured" } : MEASURED)
      ),
    ],
    0,
    { phase: "halted", open: 1 },
  ],
  ["a failure in a wave that is not next does not halt", at({}), nodes(null, FAILED), 0, null],
  [
    "rows that a wave would lose halt before it",
    at(OPEN_1, LIMITED),
    nodes(APPLIED, losing(2)),
    0,
    {
      phase: "halted",
      open: 1,
    },
  ],
  ["rows that were lost count", at(OPEN_1, LIMITED), nodes(losing(6, APPLIED), MEASURED), 0, {
    phase: "halted",
  }],
  [
    "rows within the limit do not halt",
    at(OPEN_1, LIMITED),
    nodes(losing(5, APPLIED), MEASURED),
    0,
    {
      open: 2,
      since_ms: 0,
    },
  ],
  [
    "halts before a plan that the first wave did not have",
    at(OPEN_1),
    [
      aNode(canary, APPLIED),
      ...others.map((name, index) =>
        aNode(name, index === 0 ? { ...MEASURED, plans: [OTHER_PLAN] } : MEASURED)
      ),
    ],
    0,
    { phase: "halted", open: 1 },
  ],
  [
    "halts before a finding that the first wave did not have",
    at(OPEN_1),
    nodes(APPLIED, { ...MEASURED, findings: ["data-loss@2"] }),
    0,
    { phase: "halted", open: 1 },
  ],
  ["halts where a node does not answer", at({}), nodes(null, MEASURED), 1_001, { phase: "halted" }],
  [
    "a node that has reported since then has answered",
    at(OPEN_1),
    [
      aNode(canary, { ...MEASURED, stage: "applying" }, { reportedMs: 900 }),
    ],
    1_500,
    null,
  ],
  [
    "a report before the step began is no answer",
    at({ ...OPEN_1, since_ms: 1_000 }),
    [
      aNode(canary, MEASURED, { reportedMs: 500 }),
    ],
    1_900,
    null,
  ],
  [
    "does not wait for a node that is offline",
    at(OPEN_1),
    [
      aNode(canary, APPLIED),
      ...others.map((name, index) =>
        index === 0 ? aNode(name, null, { present: false }) : aNode(name, MEASURED)
      ),
    ],
    5_000,
    { open: 2, since_ms: 5_000 },
  ],
  [
    "waits for one that went offline while it applied",
    at(OPEN_1),
    [
      aNode(canary, { ...MEASURED, stage: "applying" }, { present: false, reportedMs: 10 }),
    ],
    500,
    null,
  ],
  [
    "and halts where it does not come back",
    at(OPEN_1),
    [
      aNode(canary, { ...MEASURED, stage: "applying" }, { present: false, reportedMs: 10 }),
    ],
    2_000,
    { phase: "halted" },
  ],
  [
    "waits for a canary that went offline before it applied",
    at(OPEN_1),
    [
      aNode(canary, MEASURED, { present: false }),
      ...others.map((name) => aNode(name, MEASURED)),
    ],
    500,
    null,
  ],
  [
    "and not for another node that did",
    at(OPEN_2),
    [
      aNode(canary, APPLIED),
      ...others.map((name, index) =>
        index === 0 ? aNode(name, MEASURED, { present: false }) : aNode(name, APPLIED)
      ),
    ],
    500,
    { phase: "done" },
  ],
  [
    "goes on without a node that an operator leaves out",
    at({ ...OPEN_1, without: [canary] }),
    [
      aNode(canary, { ...MEASURED, stage: "applying" }, { present: false }),
      ...others.map((name) => aNode(name, MEASURED)),
    ],
    2_000,
    { open: 2, since_ms: 2_000 },
  ],
  ["halts where no canary is online", at({}), [aNode(canary, null, { present: false })], 1_001, {
    phase: "halted",
  }],
  [
    "keeps what a canary that went offline has taught",
    at(OPEN_1),
    [
      aNode(canary, APPLIED, { present: false }),
      ...others.map((name) => aNode(name, { ...MEASURED, plans: [OTHER_PLAN] })),
    ],
    0,
    { phase: "halted", open: 1 },
  ],
  [
    "a node without databases of the plugin is none of its nodes",
    at(OPEN_2),
    [
      ...nodes(APPLIED, APPLIED),
      aNode("empty", null, { databases: 0 }),
    ],
    0,
    { phase: "done" },
  ],
  ["asks before the second wave", at(OPEN_1, { approval: "first" }), nodes(APPLIED, MEASURED), 0, {
    phase: "awaiting",
  }],
  [
    "goes on when that is approved",
    at({ ...OPEN_1, approved: 2 }, { approval: "first" }),
    nodes(APPLIED, MEASURED),
    0,
    { open: 2, since_ms: 0 },
  ],
  [
    "a failure of an earlier attempt is tried again",
    at({ ...OPEN_1, attempt: 1 }),
    nodes(FAILED, MEASURED),
    0,
    null,
  ],
  [
    "and what went well in it counts",
    at({ ...OPEN_1, attempt: 1 }),
    nodes(APPLIED, MEASURED),
    0,
    { open: 2, since_ms: 0 },
  ],
  [
    "halts where a node refuses the bundle",
    at({}),
    nodes({ ...MEASURED, refused: "it is not signed" }, null),
    0,
    { phase: "halted" },
  ],
  ["a paused rollout waits", at({ ...OPEN_1, phase: "paused" }), nodes(APPLIED, MEASURED), 0, null],
  [
    "an undo waits for every node that applied",
    at({ ...OPEN_1, phase: "undoing" }),
    nodes(
      APPLIED,
      MEASURED,
    ),
    0,
    null,
  ],
  [
    "and ends",
    at({ ...OPEN_1, phase: "undoing" }),
    nodes({ ...APPLIED, stage: "undone" }, MEASURED),
    0,
    { phase: "undone" },
  ],
  [
    "an undo does not wait for a node that is offline",
    at({ ...OPEN_1, phase: "undoing" }),
    [
      aNode(canary, APPLIED, { present: false }),
    ],
    0,
    { phase: "undone" },
  ],
];

for (const [name, record, seen, nowMs, expected] of CASES) {
  plan(name, () => {
    const next = decide(record, seen, nowMs);
    if (expected === null) assert.is(next, null);
    else {
      assert.ok(next !== null, "it waits");
      const { why, ...rest } = next;
      const { why: _, ...before } = record.state;
      assert.equal(rest, { ...before, ...expected });
      assert.is(why.length > 0, next.phase === "halted");
    }
  });
}

plan("a reason names the nodes, and says what is wrong", () => {
  const halted = decide(at(OPEN_1), nodes(FAILED, MEASURED), 0);
  assert.equal(halted?.why, [{
    kind: "failures",
    message: "1 database failed, and max_failures allows 0",
    nodes: [canary],
  }]);
});

const STEPS: readonly (readonly [
  name: string,
  state: Partial<RolloutState>,
  progress: Progress | null,
  expected: string,
])[] = [
  ["measures at once", {}, null, "measure"],
  ["waits for its wave", {}, MEASURED, "wave-not-open"],
  ["applies in its wave", OPEN_1, MEASURED, "apply"],
  ["goes on after a restart", OPEN_1, { ...MEASURED, stage: "applying" }, "apply"],
  ["applies no plan that the first wave did not have", OPEN_1, {
    ...MEASURED,
    plans: [OTHER_PLAN],
  }, "other-plan"],
  ["is complete", OPEN_1, APPLIED, "complete"],
  ["does nothing while it is paused", { ...OPEN_1, phase: "paused" }, MEASURED, "not-running"],
  ["does nothing while it is halted", { ...OPEN_1, phase: "halted" }, null, "not-running"],
  ["catches up when it is done", { ...OPEN_2, phase: "done" }, null, "measure"],
  ["tries again what failed", { ...OPEN_1, attempt: 1 }, FAILED, "measure"],
  ["and not what went well", { ...OPEN_1, attempt: 1 }, APPLIED, "complete"],
  ["undoes what it applied", { ...OPEN_1, phase: "undoing" }, APPLIED, "undo"],
  ["undoes what it had begun", { ...OPEN_1, phase: "undone" }, {
    ...MEASURED,
    stage: "applying",
  }, "undo"],
  ["has nothing to undo", { ...OPEN_1, phase: "undoing" }, MEASURED, "complete"],
];

for (const [name, state, progress, expected] of STEPS) {
  plan(`a node ${name}`, () => {
    const step = nodeStep(at(state), { name: canary, labels: {} }, progress);
    assert.is(step.kind === "wait" ? step.why : step.kind, expected);
  });
}

plan("a node without the labels does nothing", () => {
  const record = at(OPEN_1, { select: { region: "eu" } });
  const step = nodeStep(record, { name: canary, labels: { region: "us" } }, null);
  assert.equal(step, { kind: "wait", why: "not-selected" });
  assert.not.ok(mayApply(record, { name: canary, labels: { region: "us" } }));
});

plan("a node that has applied is undone with other labels too", () => {
  const selected = { select: { region: "eu" } };
  const relabelled = { labels: { region: "us" } };
  const record = at({ ...OPEN_1, phase: "undoing" }, selected);
  assert.is(nodeStep(record, { name: canary, ...relabelled }, APPLIED).kind, "undo");
  assert.is(nodeStep(record, { name: canary, ...relabelled }, null).kind, "wait");
  assert.is(decide(record, [aNode(canary, APPLIED, relabelled)], 0), null);
  const undone = { ...APPLIED, stage: "undone" } as const;
  assert.is(decide(record, [aNode(canary, undone, relabelled)], 0)?.phase, "undone");
});

plan("nodes with the labels of canaries are the first wave", () => {
  const record = aRollout(NODES, "50%,100%", { canary: { canary: "yes" } });
  assert.is(waveCount(record), 3);
  assert.is(waveOf(record, { name: "new", labels: { canary: "yes", region: "eu" } }), 0);
  for (const name of NODES) assert.ok(wave(record, name) > 0);
});

plan(
  "waves have the sizes that were asked for, and a new node has one",
  () =>
    forAll(100, (random) => {
      const names = random.list(1, 300, (index) => `node-${index}`);
      const id = crypto.randomUUID();
      const record = { ...aRollout(names, "1,10%,100%"), id };
      const own = { ...aRollout(names, "1,10%,100%", {}), id: ROLLOUT_ID };
      const sizes = new Map<number, number>();
      for (const name of names) {
        sizes.set(wave(own, name), (sizes.get(wave(own, name)) ?? 0) + 1);
      }
      assert.is(sizes.get(0), 1);
      const tenth = Math.max(Math.ceil(names.length / 10), 1);
      assert.is((sizes.get(0) ?? 0) + (tenth > 1 ? sizes.get(1) ?? 0 : 0), tenth);
      const joined = wave(record, "joined-later");
      assert.ok(joined >= 0 && joined < waveCount(record));
    }),
);

const RESUME: OperatorCommand = {
  kind: "resume",
  limits: { max_failures: "10%" },
  accept: { plans: [OTHER_PLAN], findings: [] },
  without: [canary],
};

const COMMANDS: readonly (readonly [
  OperatorCommand,
  phases: readonly RolloutState["phase"][],
  RolloutState["phase"],
])[] = [
  [{ kind: "pause" }, ["running", "awaiting"], "paused"],
  [{ kind: "approve" }, ["awaiting"], "running"],
  [{ kind: "abort" }, ["running", "awaiting", "paused", "halted"], "aborted"],
  [RESUME, ["paused", "halted", "done"], "running"],
  [
    { kind: "undo", method: "restore" },
    ["running", "awaiting", "paused", "halted", "done", "aborted"],
    "undoing",
  ],
];
const PHASES: readonly RolloutState["phase"][] = [
  "running",
  "awaiting",
  "paused",
  "halted",
  "done",
  "aborted",
  "undoing",
  "undone",
];

for (const [given, phases, expected] of COMMANDS) {
  plan(`${given.kind} is for a rollout that is ${phases.join(", ")}`, () => {
    for (const phase of PHASES) {
      const after = command(at({ ...OPEN_1, phase }), given);
      assert.is(after.ok, phases.includes(phase), phase);
      if (after.ok) {
        assert.is(after.value.state.phase, expected);
        assert.is(after.value.state.since_ms, null);
      } else assert.match(after.message, `The rollout of game is ${phase}: `);
    }
  });
}

plan("resume begins an attempt with other limits, plans and nodes", () => {
  const after = command(at({ ...OPEN_1, phase: "halted" }), RESUME);
  assert.ok(after.ok);
  const { limits, state } = after.value;
  assert.equal(limits, { max_failures: "10%", max_rows_lost: null, answer_within_ms: 1_000 });
  assert.equal([state.attempt, state.plans, state.without], [1, [PLAN, OTHER_PLAN], [canary]]);
});

plan("resume is refused where the record could not hold what it accepts", () => {
  const plans = manyPlans(400, "d");
  const after = command(at({ ...OPEN_1, phase: "halted" }), {
    ...RESUME,
    accept: { plans, findings: [] },
  });
  assert.equal(after, {
    ok: false,
    code: "too-many",
    message: "There are 401 different plans, and a rollout takes 400; bring the databases to one " +
      "version first",
  });
});

plan.run();
