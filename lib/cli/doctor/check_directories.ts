// Looks at the directories, the locks on their file system, the disk and the databases. For Deno.

import { mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { counted } from "../../finding/counted.ts";
import { freeBytesOf } from "../../http/readiness.ts";
import { openMigrator } from "../../migrator.ts";
import { quoteName } from "../../message/plugin_name.ts";
import { codeOf } from "../../outcome.ts";
import { directorySource, leftOutPlugins } from "../../source/directory_source.ts";
import { SourceUnavailable } from "../../source/file_source.ts";
import { nodeStorage } from "../../vfs/node_storage.ts";
import type { CommonOptions } from "../command.ts";
import { type Diagnosis, fine, problem, warning } from "./diagnosis.ts";

/** With less, a backup or a rebuild may not fit. */
const LITTLE_SPACE_BYTES = 100 * 1024 * 1024;

const MEBIBYTE = 1024 * 1024;

/** Whether there are plugins, and whether any is left out. */
export async function checkPlugins({ pluginsDir }: CommonOptions): Promise<readonly Diagnosis[]> {
  try {
    const plugins = await directorySource(pluginsDir).plugins();
    const leftOut = await leftOutPlugins(pluginsDir, plugins);
    const found = plugins.length > 0
      ? fine("plugins", `${counted(plugins.length, "plugin")} in ${pluginsDir}`)
      : warning(
        "plugins",
        `There are none in ${pluginsDir}`,
        'Make one: godwit new notes "create notes"',
      );
    return [
      found,
      ...leftOut.map(({ name, why }) =>
        problem("plugins", `${quoteName(name)} is left out: ${why}`, "Rename or mend its folder")
      ),
    ];
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    return [warning("plugins", error.message, 'Or make a plugin: godwit new notes "create notes"')];
  }
}

/** Whether databases can be made and locked in the data directory, and the space that is free. */
export async function checkData({ dataDir }: CommonOptions): Promise<readonly Diagnosis[]> {
  try {
    if (!(await stat(dataDir)).isDirectory()) {
      return [problem("data directory", `${dataDir} is a file`, "Name a directory with --data")];
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      return [fine("data directory", `${dataDir}; the first apply makes it`)];
    }
    return [
      problem("data directory", `Cannot read ${dataDir}: ${codeOf(error)}`, "Let godwit read it"),
    ];
  }
  return [await checkLocks(dataDir), checkSpace(dataDir)];
}

/** Makes a database of its own, locks it, and removes it. */
async function checkLocks(dataDir: string): Promise<Diagnosis> {
  let directory: string | null = null;
  try {
    directory = await mkdtemp(join(dataDir, ".doctor-"));
    const path = join(directory, "probe.sqlite3");
    const storage = nodeStorage({ busyTimeoutMs: 0 });
    storage.create(path, "delete");
    const file = storage.openDatabase(path, { access: "read-write", existence: "must-exist" });
    const lock = file.lock("write");
    if (lock.kind === "acquired") lock.release();
    file.close();
    if (lock.kind === "acquired") return fine("data directory", `${dataDir}; its locks work`);
    return problem(
      "data directory",
      `A new database in ${dataDir} cannot be locked`,
      "Use a local file system; network file systems often have no working locks",
    );
  } catch (error) {
    return problem(
      "data directory",
      `A database cannot be made in ${dataDir}: ${reason(error)}`,
      "Let the user of this process write there, or name another directory with --data",
    );
  } finally {
    if (directory !== null) await rm(directory, { recursive: true, force: true });
  }
}

function checkSpace(dataDir: string): Diagnosis {
  const free = freeBytesOf(dataDir);
  if (free === null) {
    return warning("disk", "The free space cannot be read", "Grant --allow-sys=statfs");
  }
  const words = `${Math.floor(free / MEBIBYTE)} MiB are free`;
  return free >= LITTLE_SPACE_BYTES
    ? fine("disk", words)
    : problem("disk", words, "Free some; a backup needs as much as its database has");
}

/** Whether the databases of the plugins can be read, and what their last attempts left. */
export async function checkDatabases(options: CommonOptions): Promise<readonly Diagnosis[]> {
  await using migrator = await openMigrator({
    ...options.databases,
    plugins: options.pluginsDir,
    data: options.dataDir,
  });
  const listed = await migrator.plugins();
  // What is wrong with the directory is said already.
  if (!listed.success) return [];
  const found: Diagnosis[] = [];
  for (const plugin of listed.plugins) {
    const subject = `plugin ${plugin}`;
    const reply = await migrator.status(plugin, { limit: 1 });
    if (!reply.success) {
      found.push(problem(subject, reply.message, `godwit status ${plugin} says more`));
      continue;
    }
    const errors = [...reply.checksum_warnings, ...reply.pending_warnings]
      .filter(({ level }) => level === "ERROR");
    const [error] = errors;
    const [failed] = reply.failed_migrations;
    if (error !== undefined) {
      found.push(problem(subject, error.message, `godwit check ${plugin} shows where`));
    } else if (failed !== undefined) {
      const message = `Version ${failed.version} failed: ${failed.error_message}`;
      found.push(
        warning(subject, message, `Mend the file, and apply again: godwit apply ${plugin}`),
      );
    } else {
      const at = `version ${reply.current_version}, ${reply.pending_count} pending`;
      found.push(fine(subject, reply.locked ? `${at}; a run goes on` : at));
    }
  }
  return found;
}

function reason(error: unknown): string {
  const code = codeOf(error);
  return code !== "" ? code : error instanceof Error ? error.message : String(error);
}
