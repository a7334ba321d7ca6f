// Cuts the power after every change that migrations make to a disk, and looks at what comes back.

import type { Migration } from "../../lib/migration/migration.ts";
import type { Target } from "../../lib/plan/select_steps.ts";
import { refuseForeignFiles } from "../../lib/vfs/foreign_log.ts";
import { type Files, memoryStorage } from "../../lib/vfs/memory_storage.ts";
import { PowerCut } from "../support/power_cut.ts";
import {
  type DiskOperation,
  type SimulatedDisk,
  simulatedDisk,
} from "../support/simulated_disk.ts";
import type { Storage } from "../../lib/vfs/storage.ts";
import { storageWithIndex } from "../support/disk_with_index.ts";
import { type DiskOutcome, diskOutcomes, type OutcomeSelection } from "./disk_outcomes.ts";
import { type Engine, openDatabase, startEngine } from "./engine.ts";
import { DATABASE, isShared, runSession, type SessionMode } from "./migration_session.ts";
import { type DatabaseState, readState } from "./recovered_state.ts";

/** What is explored. */
export interface Exploration {
  readonly mode: SessionMode;
  readonly migrations: readonly Migration[];
  readonly outcomes: OutcomeSelection;
  /** Sessions to look at, from 1; the others only run. */
  readonly sessions?: ReadonlySet<number>;
  /** Whether the power is cut again while the database recovers. */
  readonly crashInRecovery: boolean;
  /** Breaks the disk's promises, to see whether that is noticed. */
  readonly spoil?: (operation: DiskOperation) => boolean;
  readonly onSession?: (counts: Counts) => void;
}

/** What was tried. */
export interface Counts {
  /** Applies and rollbacks. */
  sessions: number;
  /** Moments at which the power was cut. */
  crashPoints: number;
  /** Ways in which it was cut, counted at every point. */
  outcomes: number;
  /** Different disks among them, each of which was opened and read. */
  images: number;
  /** Cuts during the recovery from one. */
  recoveryCrashes: number;
  before: number;
  after: number;
}

/** A database that came back other than whole. */
export interface Violation {
  readonly mode: SessionMode;
  readonly session: number;
  readonly change: number;
  readonly outcome: string;
  readonly seed: number;
  readonly problem: string;
}

export interface Report {
  readonly counts: Counts;
  readonly violations: readonly Violation[];
}

/** Applies the migrations one by one and rolls them back one by one, and cuts the power everywhere. */
export async function explore(exploration: Exploration): Promise<Report> {
  return await new Explorer(exploration, await startEngine(), await startEngine()).run();
}

/** One apply or rollback as it happened. */
interface Session {
  readonly number: number;
  readonly before: DatabaseState;
  readonly after: DatabaseState;
  /** How many changes there were when the run said that it was committed. */
  readonly committedAt: number;
  readonly operations: readonly DiskOperation[];
  readonly backup: string | null;
}

// More would only say the same again.
const MOST_VIOLATIONS = 20;

class Explorer {
  readonly #exploration: Exploration;
  readonly #runner: Engine;
  readonly #verifier: Engine;
  readonly #violations: Violation[] = [];
  readonly #counts: Counts = {
    sessions: 0,
    crashPoints: 0,
    outcomes: 0,
    images: 0,
    recoveryCrashes: 0,
    before: 0,
    after: 0,
  };

  constructor(exploration: Exploration, runner: Engine, verifier: Engine) {
    this.#exploration = exploration;
    this.#runner = runner;
    this.#verifier = verifier;
  }

  async run(): Promise<Report> {
    const { migrations, mode, spoil, sessions } = this.#exploration;
    let disk = simulatedDisk();
    this.#runner.plug(isShared(mode) ? storageWithIndex(disk) : disk.storage);
    let cut = new PowerCut();
    let state = this.#read(memoryStorage());
    for (const [index, target] of targetsOf(migrations).entries()) {
      if (mode === "conversion") {
        // Somebody else's SQLite kept it with a rollback journal, and all of that is on the disk.
        const files = this.#convert(disk);
        disk = simulatedDisk(files);
        this.#runner.plug(disk.storage);
        cut = new PowerCut(files);
      }
      const start = disk.operations.length;
      const session = await this.#runSession(disk, index + 1, target, state, start);
      state = session.after;
      const seen = sessions === undefined || sessions.has(session.number);
      const kept = { ...session, operations: session.operations.filter((each) => !spoil?.(each)) };
      this.#explore(kept, cut, seen);
      if (seen) {
        this.#counts.sessions += 1;
        this.#exploration.onSession?.(this.#counts);
      }
      if (this.#violations.length >= MOST_VIOLATIONS) break;
    }
    return { counts: this.#counts, violations: this.#violations };
  }

  async #runSession(
    disk: SimulatedDisk,
    number: number,
    target: Target,
    before: DatabaseState,
    start: number,
  ): Promise<Session> {
    let committedAt = Infinity;
    const { mode, migrations, spoil } = this.#exploration;
    const execution = await runSession(this.#runner, mode, migrations, target, () => {
      committedAt = disk.operations.slice(start).filter((each) => !spoil?.(each)).length;
    });
    if (execution.end.kind !== "completed") {
      throw new Error(`Session ${number} did not complete: ${JSON.stringify(execution.end)}`);
    }
    const operations = disk.operations.slice(start);
    return {
      number,
      before,
      after: this.#read(memoryStorage(disk.files())),
      committedAt,
      operations,
      backup: execution.backup,
    };
  }

  #explore(session: Session, cut: PowerCut, seen: boolean): void {
    // An image is judged anew once the run is committed, for then less is allowed.
    const known = new Map<string, boolean>();
    for (let changes = 0; changes <= session.operations.length; changes++) {
      const operation = session.operations[changes - 1];
      if (operation !== undefined) cut.advance(operation);
      if (!seen) continue;
      if (changes === session.committedAt) known.clear();
      this.#counts.crashPoints += 1;
      const { mode, outcomes, crashInRecovery } = this.#exploration;
      const seed = Math.imul(outcomes.seed * 100 + session.number, 7919) + changes;
      for (const outcome of diskOutcomes(cut, { ...outcomes, seed })) {
        this.#counts.outcomes += 1;
        if (known.has(outcome.image.key)) continue;
        known.set(outcome.image.key, true);
        this.#counts.images += 1;
        const files = outcome.image.files();
        const problem = this.#judge(files, session, changes) ??
          (crashInRecovery && isPlain(outcome) ? this.#crashAgain(files, session, changes) : null);
        if (problem === null) continue;
        this.#violations.push({
          mode,
          session: session.number,
          change: changes,
          outcome: outcome.name,
          seed: outcomes.seed,
          problem,
        });
        if (this.#violations.length >= MOST_VIOLATIONS) return;
      }
    }
  }

  /** What is wrong with a disk; `null` where all is as it should be. */
  #judge(files: Files, session: Session, changes: number): string | null {
    try {
      return this.#judgeStorage(memoryStorage(files), session, changes);
    } catch (error) {
      if (error instanceof Error) return error.message;
      throw error;
    }
  }

  #judgeStorage(storage: Storage, session: Session, changes: number): string | null {
    refuseForeign(storage);
    const state = this.#read(storage);
    const isCommitted = changes >= session.committedAt;
    if (state.contents === session.after.contents) {
      this.#counts.after += 1;
      return session.backup === null ? null : this.#judgeBackup(storage, session, session.backup);
    }
    if (state.contents !== session.before.contents) {
      return `the database is neither as before (version ${session.before.version}) nor as after ` +
        `(version ${session.after.version}): ${state.contents.slice(0, 2000)}`;
    }
    this.#counts.before += 1;
    return isCommitted ? "the run said that it was committed, and it is lost" : null;
  }

  // What went is only in the backup, so it must be there as soon as anything is gone.
  #judgeBackup(storage: Storage, session: Session, path: string): string | null {
    const backup = this.#read(storage, path);
    return backup.contents === session.before.contents
      ? null
      : "the backup is not what it should be";
  }

  #crashAgain(files: Files, session: Session, changes: number): string | null {
    const disk = simulatedDisk(files);
    this.#read(disk.storage);
    const cut = new PowerCut(files);
    const known = new Set<string>();
    for (const [index, operation] of disk.operations.entries()) {
      cut.advance(operation);
      const selection = { randomSubsets: 1, singles: false, seed: changes * 1000 + index };
      for (const { name, image } of diskOutcomes(cut, selection)) {
        if (known.has(image.key)) continue;
        known.add(image.key);
        this.#counts.recoveryCrashes += 1;
        const problem = this.#judge(image.files(), session, changes);
        if (problem !== null) return `after change ${index + 1} of recovery, ${name}: ${problem}`;
      }
    }
    return null;
  }

  #read(storage: Storage, path = DATABASE): DatabaseState {
    this.#verifier.plug(storage);
    using connection = openDatabase(this.#verifier, path);
    return readState(connection);
  }

  /** The files after another program went back to a rollback journal. */
  #convert(disk: SimulatedDisk): Files {
    const storage = memoryStorage(disk.files());
    this.#verifier.plug(storage);
    using connection = openDatabase(this.#verifier, DATABASE);
    if (connection.value("PRAGMA journal_mode=DELETE") !== "delete") {
      throw new Error("SQLite did not go back to a rollback journal");
    }
    connection.close();
    return storage.files();
  }
}

/** A false refusal would lock a plugin out of its database. */
function refuseForeign(storage: Storage): void {
  if (storage.sizeOf(DATABASE) === null) return;
  const file = storage.open(DATABASE, { access: "read", existence: "must-exist" });
  refuseForeignFiles(storage, file, DATABASE);
}

function targetsOf(migrations: readonly Migration[]): readonly Target[] {
  return [
    ...migrations.map(({ version }): Target => ({ direction: "apply", version })),
    ...migrations.map((): Target => ({ direction: "rollback", version: "previous" })),
  ];
}

function isPlain({ name }: DiskOutcome): boolean {
  return name === "all lost" || name === "all kept";
}

/** Says what was tried, in one line. */
export function describeCounts(counts: Counts): string {
  return `${counts.sessions} sessions, ${counts.crashPoints} crash points, ` +
    `${counts.outcomes} outcomes, ${counts.images} different disks ` +
    `(${counts.before} as before, ${counts.after} as after), ` +
    `${counts.recoveryCrashes} crashes in recovery`;
}
