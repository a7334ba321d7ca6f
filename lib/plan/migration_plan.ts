// The immutable plan, and its hash. Runs anywhere.

import canonicalize from "canonicalize";
import type { ForeignKeyMode, Migration, SqliteVersion } from "../migration/migration.ts";
import { sha256Hex } from "../migration/sha256_hex.ts";
import { deepFreeze } from "./deep_freeze.ts";
import { appliedEntries, type History } from "./history.ts";
import type { Direction } from "./select_steps.ts";

/** One migration of a plan, in the direction that the plan runs it. */
export interface PlanStep {
  /** Which section runs. */
  readonly direction: Direction;
  /** The number of the migration. */
  readonly version: number;
  /** The part of the file name after the number. */
  readonly name: string;
  /** The name of the file. */
  readonly file: string;
  /** SHA-256 of the file. */
  readonly checksum: string;
  /** The SQLite that the file declares; `null` for any. */
  readonly requires: SqliteVersion | null;
  /** Whether actions of foreign keys are meant to fire; `null` where the file does not say. */
  readonly foreignKeys: ForeignKeyMode | null;
  /** The SQL of the UP or DOWN section. */
  readonly sql: string;
  /** The line of the file, from 1, on which `sql` begins. */
  readonly line: number;
}

/** The state that a plan was built on; execution refuses any other. */
export interface PlanBase {
  /** SHA-256 over the applied versions and their checksums. */
  readonly history: string;
  /** SHA-256 over the schema of the plugin's own tables. */
  readonly schema: string;
}

/** The steps that will run, hashed and frozen. */
export interface MigrationPlan {
  /** The plugin whose database it is for. */
  readonly plugin: string;
  /** Whether the plan applies migrations or rolls them back. */
  readonly direction: Direction;
  /** The current version before the run. */
  readonly from: number;
  /** The current version after the run. */
  readonly to: number;
  /** The state that the plan was built on. */
  readonly base: PlanBase;
  /** The steps, in the order in which they run. */
  readonly steps: readonly PlanStep[];
  /** SHA-256 over all fields above. */
  readonly hash: string;
}

/** Completes a plan: computes its hash over canonical JSON (RFC 8785) and freezes it. */
export async function completePlan(draft: Omit<MigrationPlan, "hash">): Promise<MigrationPlan> {
  return deepFreeze({ ...draft, hash: await hashOf(draft) });
}

/** Returns whether a plan is the one that its hash names. */
export async function isIntact({ hash, ...hashed }: MigrationPlan): Promise<boolean> {
  return await hashOf(hashed) === hash;
}

/** The digest of the applied versions; failed and rolled back attempts do not change it. */
export function historyDigest(history: History): Promise<string> {
  return hashOf(appliedEntries(history).map(({ version, checksum }) => [version, checksum]));
}

/** Turns a migration into a step of a plan. */
export function planStep(migration: Migration, direction: Direction): PlanStep {
  const { version, name, file, checksum, requires, foreignKeys } = migration;
  const section = direction === "apply" ? migration.up : migration.down;
  return {
    direction,
    version,
    name,
    file,
    checksum,
    requires,
    foreignKeys,
    sql: section.sql,
    line: section.line,
  };
}

/** SHA-256 of the canonical JSON of plain data. */
export function hashOf(value: unknown): Promise<string> {
  return sha256Hex(canonicalize(value) ?? "");
}
