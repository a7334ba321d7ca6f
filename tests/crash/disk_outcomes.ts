// Chooses which of the things that a power cut may do to a disk are tried.

import {
  type DiskImage,
  type Fate,
  type PendingChange,
  type PowerCut,
  SECTOR_BYTES,
} from "../support/power_cut.ts";
import { Random } from "../support/random.ts";

/** A way for a power cut to end; the name finds it again. */
export interface DiskOutcome {
  readonly name: string;
  readonly image: DiskImage;
}

/** How many ways are tried. */
export interface OutcomeSelection {
  /** Random sets of sectors for each crash point. */
  readonly randomSubsets: number;
  /** Whether each change is lost alone and kept alone, and every prefix is kept. */
  readonly singles: boolean;
  readonly seed: number;
}

const KEPT: Fate = { kind: "kept" };
const LOST: Fate = { kind: "lost" };

/** Yields outcomes of cutting the power now. */
export function* diskOutcomes(
  disk: PowerCut,
  { randomSubsets, singles, seed }: OutcomeSelection,
): Generator<DiskOutcome> {
  const { pending } = disk;
  const outcome = (
    name: string,
    fateOf: (change: PendingChange, index: number) => Fate,
  ): DiskOutcome => ({ name, image: disk.cut(fateOf) });
  const last = pending.length - 1;

  yield outcome("all lost", () => LOST);
  yield outcome("all kept", () => KEPT);
  if (last < 0) return;
  yield outcome("only names kept", (change) => isName(change) ? KEPT : LOST);
  yield outcome("only contents kept", (change) => isName(change) ? LOST : KEPT);
  yield outcome("new lengths only", () => ({ kind: "zeros" }));
  yield outcome("rubbish in new parts", () => ({ kind: "rubbish" }));
  for (const file of new Set(pending.map((change) => change.file))) {
    yield outcome(`only file ${file} kept`, (change) => change.file === file ? KEPT : LOST);
    yield outcome(`only file ${file} lost`, (change) => change.file === file ? LOST : KEPT);
  }
  yield* tornLast(pending, outcome);
  if (singles) {
    for (let index = 0; index <= last; index++) {
      yield outcome(`first ${index} kept`, (_, each) => each < index ? KEPT : LOST);
      yield outcome(`change ${index} lost`, (_, each) => each === index ? LOST : KEPT);
      yield outcome(`change ${index} kept`, (_, each) => each === index ? KEPT : LOST);
    }
  }
  for (let subset = 0; subset < randomSubsets; subset++) {
    const random = new Random(seed * 1000 + subset);
    const percentKept = random.pick([10, 50, 90]);
    yield outcome(`random ${subset}`, () => randomFate(random, percentKept));
  }
}

function* tornLast(
  pending: readonly PendingChange[],
  outcome: (name: string, fateOf: (change: PendingChange, index: number) => Fate) => DiskOutcome,
): Generator<DiskOutcome> {
  const last = pending.length - 1;
  const change = pending[last];
  if (change?.kind !== "write") return;
  const first = Math.floor(change.at / SECTOR_BYTES);
  const end = Math.ceil((change.at + change.bytes.length) / SECTOR_BYTES);
  // A write of many pages is torn at its ends and at places in between.
  const step = Math.max(1, Math.floor((end - first) / 16));
  for (let sector = first + 1; sector < end; sector += step) {
    for (const others of [KEPT, LOST]) {
      const begun: Fate = { kind: "sectors", keeps: (each) => each < sector };
      const ended: Fate = { kind: "sectors", keeps: (each) => each >= sector };
      yield outcome(
        `others ${others.kind}, last torn before ${sector}`,
        (_, each) => each === last ? begun : others,
      );
      yield outcome(
        `others ${others.kind}, last torn after ${sector}`,
        (_, each) => each === last ? ended : others,
      );
    }
  }
}

function randomFate(random: Random, percentKept: number): Fate {
  if (random.chance(15)) return { kind: random.pick(["zeros", "rubbish"]) };
  if (random.chance(60)) return random.chance(percentKept) ? KEPT : LOST;
  const salt = random.integer(0, 0x7fffffff);
  return {
    kind: "sectors",
    keeps: (sector) => new Random(salt ^ Math.imul(sector, 0x9e3779b1)).chance(percentKept),
  };
}

function isName({ kind }: PendingChange): boolean {
  return kind === "create" || kind === "delete";
}
