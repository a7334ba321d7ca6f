// Whether a service can do its work now, by checks that each have a name. For Deno.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { statfsSync } from "node:fs";
import { join } from "node:path";
import type { Databases } from "../database/session.ts";
import { counted } from "../finding/counted.ts";
import { codeOf } from "../outcome.ts";

/** What is checked. */
export interface ReadinessOptions {
  readonly dataDir: string;
  readonly databases: Pick<Databases, "stuckThreads">;
  /** Why the service takes no requests over NATS; `null` where it takes them. */
  readonly whyNotServing: () => string | null;
  /** Fewer free bytes where databases are kept are too few. */
  readonly minFreeBytes: number;
}

/** The checks of `/readyz`. */
export type CheckName = "nats" | "data_directory" | "disk" | "threads";

/** Each check with the reason why it fails; `null` where it does not. */
export type Readiness = Readonly<Record<CheckName, string | null>>;

/** Checks everything. The data directory is made where it is missing. */
export async function checkReadiness(options: ReadinessOptions): Promise<Readiness> {
  const { dataDir, databases, whyNotServing, minFreeBytes } = options;
  const data_directory = await whyNotWritable(dataDir);
  return {
    nats: whyNotServing(),
    data_directory,
    disk: whyTooFull(dataDir, minFreeBytes),
    threads: databases.stuckThreads === 0
      ? null
      : `${counted(databases.stuckThreads, "thread")} in an operation of SQLite that does not end`,
  };
}

/** The free bytes of the file system of a directory; `null` where they cannot be read. */
export function freeBytesOf(directory: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}

// Only a file that was written shows that files can be: a file system may be read-only or full.
async function whyNotWritable(directory: string): Promise<string | null> {
  const probe = join(directory, `.ready-${crypto.randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(probe, "godwit", { flag: "wx", mode: 0o600 });
    await rm(probe);
    return null;
  } catch (error) {
    return `${directory} cannot be written to: ${codeOf(error)}`;
  }
}

function whyTooFull(directory: string, minFreeBytes: number): string | null {
  const free = freeBytesOf(directory);
  if (free === null) return "the free space cannot be read; grant --allow-sys=statfs";
  return free >= minFreeBytes
    ? null
    : `${free} bytes are free, and --min-free-bytes asks for ${minFreeBytes}`;
}
