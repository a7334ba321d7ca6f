// Counts the backups in a data directory, without opening one. For Deno.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isBackupName } from "../backup/backup_record.ts";
import { TICK_MS } from "../file_state.ts";
import { codeOf } from "../outcome.ts";
import type { BackupUse } from "./session.ts";

const NONE: BackupUse = { count: 0, bytes: 0 };

/** A directory as it was read last. */
interface KnownDirectory extends BackupUse {
  readonly mtimeMs: number;
  readonly tenants: readonly string[];
}

/**
 * The backups of every plugin. A directory is read again once a file in it was added or removed,
 * which changes its time; a backup itself never changes.
 */
export class BackupDirectories {
  readonly #root: string;
  readonly #known = new Map<string, KnownDirectory>();

  constructor(dataDir: string) {
    this.#root = join(dataDir, "backups");
  }

  /**
   * Counts the backups of a plugin's own database and of those of its tenants; `null` where a
   * directory cannot be read.
   */
  async of(plugin: string): Promise<BackupUse | null> {
    const directory = join(this.#root, plugin);
    try {
      const own = await this.#read(directory);
      let { count, bytes } = own;
      for (const tenant of own.tenants) {
        const more = await this.#read(join(directory, tenant));
        count += more.count;
        bytes += more.bytes;
      }
      return { count, bytes };
    } catch (error) {
      return codeOf(error) === "ENOENT" ? NONE : null;
    }
  }

  async #read(directory: string): Promise<KnownDirectory> {
    const { mtimeMs } = await stat(directory);
    const known = this.#known.get(directory);
    if (known?.mtimeMs === mtimeMs) return known;
    const read = { mtimeMs, ...await readDirectory(directory) };
    // Two changes within one tick of the file system's clock look like one.
    if (mtimeMs < Date.now() - TICK_MS) this.#known.set(directory, read);
    return read;
  }
}

async function readDirectory(directory: string): Promise<Omit<KnownDirectory, "mtimeMs">> {
  const entries = await readdir(directory, { withFileTypes: true });
  const tenants = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    .filter(isBackupName);
  let bytes = 0;
  for (const name of names) bytes += (await stat(join(directory, name))).size;
  return { count: names.length, bytes, tenants };
}
