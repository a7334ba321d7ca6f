// Every storage there is, each in a directory of its own, for tests that run against all of them.

import { join } from "node:path";
import { faultStorage } from "../support/fault_storage.ts";
import { memoryStorage } from "../../lib/vfs/memory_storage.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { simulatedDisk } from "../support/simulated_disk.ts";
import type { Storage } from "../../lib/vfs/storage.ts";

/** A storage and an empty directory in it. */
export interface StorageDirectory extends Disposable {
  readonly storage: Storage;
  path(name: string): string;
}

/** Makes a new directory in each storage, by the storage's name. */
export const STORAGES: Readonly<Record<string, () => StorageDirectory>> = {
  "node:fs": nodeDirectory,
  "memory": () => directoryIn(memoryStorage()),
  "simulated disk": () => directoryIn(simulatedDisk().storage),
  "fault storage without faults": () => directoryIn(faultStorage(memoryStorage(), () => null)),
};

function nodeDirectory(): StorageDirectory {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-vfs-" });
  return {
    storage: nodeStorage({ busyTimeoutMs: 50 }),
    path: (name) => join(directory, name),
    [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }),
  };
}

function directoryIn(storage: Storage): StorageDirectory {
  return { storage, path: (name) => `/directory/${name}`, [Symbol.dispose]() {} };
}
