// A fleet without sockets: nodes, coordinators and a server as a queue of events. Messages are
// lost, late and overtake each other, nodes restart, and everything follows from a seed.

import { command } from "../../lib/fleet/commands.ts";
import { decide } from "../../lib/fleet/decide.ts";
import type { NodeReport, Progress, SeenNode } from "../../lib/fleet/node_report.ts";
import { waveCount, waveOf } from "../../lib/fleet/node_order.ts";
import { mayApply, nodeStep } from "../../lib/fleet/node_step.ts";
import { RECORD_FORMAT, type RolloutRecord } from "../../lib/fleet/rollout_record.ts";
import type { Random } from "../support/random.ts";
import { aRollout, PLAN } from "./fleet_facts.ts";

/** What the network and the nodes do. */
export interface Weather {
  /** How many of a hundred messages are lost. */
  readonly lossPercent: number;
  readonly mostDelayMs: number;
  /** How many of a hundred nodes are offline when the rollout begins, and come back. */
  readonly offlinePercent: number;
  /** How many of a hundred nodes are restarted while they work. */
  readonly restartPercent: number;
  /** How many of a thousand databases fail at the first attempt. */
  readonly failPermille: number;
}

/** What was seen. */
export interface FleetSummary {
  readonly phase: RolloutRecord["state"]["phase"];
  readonly waves: readonly number[];
  readonly halts: number;
  readonly simulatedMs: number;
  readonly applied: number;
  /** What crossed the wire for the nodes, acknowledgements and presence included. */
  readonly messages: number;
  readonly bytes: number;
}

interface SimulatedNode {
  readonly name: string;
  readonly report: NodeReport;
  online: boolean;
  /** Lost at a restart. */
  record: { readonly value: RolloutRecord; readonly revision: number } | null;
  progress: Progress | null;
  revision: number;
  busy: boolean;
  epoch: number;
  /** In the database: survives everything. */
  applied: number;
  fails: boolean;
}

const POLL_MS = 20_000;
const RETRY_MS = 2_000;
const TICK_MS = 1_000;
const PRESENCE_MS = 20_000;
const SUBJECT_BYTES = 120;
const ACK_BYTES = 90;

/** Runs a rollout to its end, resuming it wherever it halts. Throws where an invariant is broken. */
export function simulateRollout(
  random: Random,
  count: number,
  waves: string,
  weather: Weather,
  maxFailures: number | string = 0,
): FleetSummary {
  return new SimulatedFleet(random, count, waves, weather, maxFailures).run();
}

class SimulatedFleet {
  readonly #random: Random;
  readonly #weather: Weather;
  readonly #queue = new EventQueue();
  readonly #nodes: readonly SimulatedNode[];
  // What the server has.
  #record: RolloutRecord;
  #recordRevision = 1;
  readonly #reports = new Map<string, { readonly seen: SeenNode; readonly revision: number }>();
  // What each of two coordinators has seen of it.
  readonly #views: readonly [Map<string, SeenNode>, Map<string, SeenNode>];
  #nowMs = 0;
  #halts = 0;
  // How many databases are migrated.
  #finished = 0;
  #recordBytes = 0;
  #messages = 0;
  #bytes = 0;

  constructor(
    random: Random,
    count: number,
    waves: string,
    weather: Weather,
    maxFailures: number | string,
  ) {
    this.#random = random;
    this.#weather = weather;
    const names = Array.from({ length: count }, (_, index) => `node-${index}`);
    const limits = { max_failures: maxFailures, max_rows_lost: null, answer_within_ms: 120_000 };
    const record = aRollout(names, waves, { limits });
    this.#record = { ...record, state: { ...record.state, since_ms: null } };
    this.#recordBytes = JSON.stringify(record).length + SUBJECT_BYTES;
    this.#nodes = names.map((name) => ({
      name,
      report: {
        format: RECORD_FORMAT,
        node: name,
        plugin: "game",
        labels: {},
        databases: 1,
        versions: { "1": 1 },
        drifted: null,
        last_run: null,
        progress: null,
      },
      online: !random.chance(weather.offlinePercent),
      record: null,
      progress: null,
      revision: 1,
      busy: false,
      epoch: 0,
      applied: 0,
      fails: random.integer(1, 1_000) <= weather.failPermille,
    }));
    for (const node of this.#nodes) {
      const seen = { report: node.report, reportedMs: 0, present: node.online };
      this.#reports.set(node.name, { seen, revision: 1 });
    }
    const views = (): Map<string, SeenNode> =>
      new Map(this.#nodes.map(({ name }) => [name, this.#seen(name)]));
    this.#views = [views(), views()];
  }

  run(): FleetSummary {
    for (const node of this.#nodes) {
      if (node.online) this.#deliverRecord(node);
      else this.#at(this.#random.integer(1_000, 60_000), () => this.#comeOnline(node));
    }
    this.#at(TICK_MS, () => this.#tick());
    while (!this.#isOver()) {
      const event = this.#queue.next();
      if (event === null) throw new Error(`nothing happens any more: ${this.#describe()}`);
      this.#nowMs = event.atMs;
      if (this.#nowMs > 3_600_000) throw new Error(`no end: ${this.#describe()}`);
      event.act();
    }
    const sizes = Array.from({ length: waveCount(this.#record) }, () => 0);
    for (const { name } of this.#nodes) {
      const wave = waveOf(this.#record, { name, labels: {} });
      sizes[wave] = (sizes[wave] ?? 0) + 1;
    }
    const presence = this.#nodes.length * Math.ceil(this.#nowMs / PRESENCE_MS);
    return {
      phase: this.#record.state.phase,
      waves: sizes,
      halts: this.#halts,
      simulatedMs: this.#nowMs,
      applied: this.#nodes.filter(({ applied }) => applied === 1).length,
      messages: this.#messages + 2 * presence,
      bytes: this.#bytes + presence * (2 * SUBJECT_BYTES + ACK_BYTES),
    };
  }

  // Over when the rollout is, and every node has caught up.
  #isOver(): boolean {
    return this.#record.state.phase === "done" && this.#finished === this.#nodes.length;
  }

  #describe(): string {
    const waiting = this.#nodes.filter(({ applied }) => applied === 0).slice(0, 3);
    return JSON.stringify({ state: this.#record.state, waiting });
  }

  // Either coordinator may act, on what it has seen.
  #tick(): void {
    this.#at(TICK_MS, () => this.#tick());
    const view = this.#views[this.#random.integer(0, 1)] ?? this.#views[0];
    const { phase } = this.#record.state;
    if (phase === "halted") {
      this.#halts += 1;
      const resumed = command(this.#record, {
        kind: "resume",
        limits: {},
        accept: { plans: [], findings: [] },
        without: [],
      });
      if (!resumed.ok) throw new Error(resumed.message);
      this.#store(resumed.value);
      return;
    }
    const next = decide(this.#record, [...view.values()], this.#nowMs);
    if (next === null) return;
    // It may be late: a decision on an old record is refused by its revision.
    const { value, revision } = { value: this.#record, revision: this.#recordRevision };
    this.#at(this.#delay(), () => {
      if (this.#recordRevision === revision) this.#store({ ...value, state: next });
    });
  }

  #store(record: RolloutRecord): void {
    if (record.state.open < this.#record.state.open) throw new Error("a wave was closed again");
    this.#record = record;
    this.#recordRevision += 1;
    this.#recordBytes = JSON.stringify(record).length + SUBJECT_BYTES;
    for (const node of this.#nodes) this.#deliverRecord(node);
  }

  #deliverRecord(node: SimulatedNode): void {
    const value = this.#record;
    const revision = this.#recordRevision;
    this.#count(this.#recordBytes);
    if (this.#isLost()) {
      this.#at(POLL_MS, () => this.#deliverRecord(node));
      return;
    }
    this.#at(this.#delay(), () => {
      if (!node.online || (node.record?.revision ?? 0) >= revision) return;
      node.record = { value, revision };
      this.#act(node);
    });
  }

  #act(node: SimulatedNode): void {
    if (node.busy || !node.online || node.record === null) return;
    const record = node.record.value;
    const step = nodeStep(record, { name: node.name, labels: {} }, node.progress);
    switch (step.kind) {
      case "measure":
        return this.#work(node, () => this.#measured(node, record));
      case "apply":
        return this.#apply(node);
      case "undo":
        throw new Error("nothing is undone here");
      case "wait":
        return;
    }
    step satisfies never;
  }

  #measured(node: SimulatedNode, { id, state: { attempt } }: RolloutRecord): void {
    const pending = node.applied === 0;
    this.#report(node, {
      rollout: id,
      attempt,
      stage: "measured",
      plans: pending ? [PLAN] : [],
      findings: [],
      rows_at_stake: 0,
      counts: { applied: 0, unchanged: pending ? 0 : 1, failed: 0, rows_lost: 0 },
      failures: [],
      refused: null,
    });
  }

  // "applying" is stored before the first database is changed.
  #apply(node: SimulatedNode): void {
    const { progress } = node;
    if (progress === null) return;
    if (progress.stage === "measured") {
      this.#report(node, { ...progress, stage: "applying" });
      return;
    }
    this.#work(node, () => {
      const record = node.record?.value;
      if (record === undefined || !mayApply(record, { name: node.name, labels: {} })) return;
      this.#checkOpen(node);
      const failed = node.fails && record.state.attempt === 0;
      if (!failed && node.applied === 0) {
        node.applied += 1;
        this.#finished += 1;
      }
      const counts = failed
        ? { applied: 0, unchanged: 0, failed: 1, rows_lost: 0 }
        : { applied: 1, unchanged: 0, failed: 0, rows_lost: 0 };
      this.#report(node, { ...progress, stage: "applied", counts });
    });
  }

  #checkOpen({ name }: SimulatedNode): void {
    const wave = waveOf(this.#record, { name, labels: {} });
    if (wave >= this.#record.state.open) throw new Error(`${name} applies before its wave`);
  }

  #work(node: SimulatedNode, done: () => void): void {
    node.busy = true;
    const { epoch } = node;
    if (this.#random.chance(this.#weather.restartPercent)) {
      this.#at(this.#random.integer(1, 2_000), () => this.#restart(node));
    }
    this.#at(this.#random.integer(200, 4_000), () => {
      if (node.epoch !== epoch) return;
      node.busy = false;
      done();
      this.#act(node);
    });
  }

  // Only what is stored and what is in the database is left.
  #restart(node: SimulatedNode): void {
    node.epoch += 1;
    node.busy = false;
    node.record = null;
    const stored = this.#reports.get(node.name);
    node.progress = stored?.seen.report.progress ?? null;
    node.revision = stored?.revision ?? 1;
    this.#deliverRecord(node);
  }

  #comeOnline(node: SimulatedNode): void {
    node.online = true;
    this.#seeing(node.name, { ...this.#seen(node.name), present: true });
    this.#deliverRecord(node);
  }

  /** Stores a report, again and again until it is acknowledged. */
  #report(node: SimulatedNode, progress: Progress): void {
    node.busy = true;
    const { epoch, revision } = node;
    const report = { ...node.report, progress };
    const size = JSON.stringify(report).length + SUBJECT_BYTES;
    const attempt = (): void => {
      if (node.epoch !== epoch || node.revision !== revision) return;
      this.#count(size);
      this.#count(ACK_BYTES);
      this.#at(RETRY_MS, attempt);
      if (this.#isLost()) return;
      this.#at(this.#delay(), () => {
        const stored = this.#reports.get(node.name);
        // A copy that comes late finds another revision.
        if (stored === undefined || stored.revision === revision) {
          const seen = { report, reportedMs: this.#nowMs, present: true };
          this.#reports.set(node.name, { seen, revision: revision + 1 });
          this.#seeing(node.name, seen);
        }
        if (this.#isLost()) return;
        this.#at(this.#delay(), () => {
          if (node.epoch !== epoch || node.revision !== revision) return;
          node.revision += 1;
          node.progress = progress;
          node.busy = false;
          this.#act(node);
        });
      });
    };
    attempt();
  }

  // A bucket is watched in order.
  #seeing(name: string, seen: SeenNode): void {
    for (const view of this.#views) {
      this.#at(this.#delay(), () => {
        const before = view.get(name);
        if (before === undefined || before.reportedMs <= seen.reportedMs) view.set(name, seen);
      });
    }
  }

  #seen(name: string): SeenNode {
    const stored = this.#reports.get(name);
    if (stored === undefined) throw new Error(`no report of ${name}`);
    return stored.seen;
  }

  #at(inMs: number, act: () => void): void {
    this.#queue.add(this.#nowMs + inMs, act);
  }

  #delay(): number {
    return this.#random.integer(1, this.#weather.mostDelayMs);
  }

  #isLost(): boolean {
    return this.#random.chance(this.#weather.lossPercent);
  }

  #count(bytes: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
  }
}

interface SimulatedEvent {
  readonly atMs: number;
  readonly act: () => void;
}

/** Events by their time, those of one time in the order in which they were added: a binary heap. */
class EventQueue {
  readonly #heap: (SimulatedEvent & { readonly order: number })[] = [];
  #added = 0;

  add(atMs: number, act: () => void): void {
    const heap = this.#heap;
    let index = heap.push({ atMs, act, order: this.#added++ }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  next(): SimulatedEvent | null {
    const heap = this.#heap;
    const last = heap.length - 1;
    if (last < 0) return null;
    this.#swap(0, last);
    const event = heap.pop();
    for (let index = 0;;) {
      const children = [2 * index + 1, 2 * index + 2].filter((child) => child < heap.length);
      const least = children.reduce(
        (best, child) => this.#isBefore(child, best) ? child : best,
        index,
      );
      if (least === index) return event ?? null;
      this.#swap(index, least);
      index = least;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [first, second] = [this.#heap[one], this.#heap[other]];
    if (first === undefined || second === undefined) return false;
    return first.atMs - second.atMs < 0 ||
      first.atMs === second.atMs && first.order < second.order;
  }

  #swap(one: number, other: number): void {
    const [first, second] = [this.#heap[one], this.#heap[other]];
    if (first === undefined || second === undefined) return;
    this.#heap[one] = second;
    this.#heap[other] = first;
  }
}
