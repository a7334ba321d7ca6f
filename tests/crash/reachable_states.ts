// Every state that whole migrations can lead to, whatever the order of applies and rollbacks.

import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import { type Files, memoryStorage } from "../../lib/vfs/memory_storage.ts";
import { directContext } from "./direct_context.ts";
import { type Engine, openDatabase } from "./engine.ts";
import { DATABASE, PLUGIN } from "./migration_session.ts";
import { readState } from "./recovered_state.ts";

/** The version of each state, by the contents of its tables without godwit's own. */
export async function reachableStates(
  engine: Engine,
  migrations: readonly Migration[],
): Promise<ReadonlyMap<string, number>> {
  const states = new Map<string, number>();
  const waiting: Files[] = [new Map()];
  for (let files = waiting.pop(); files !== undefined; files = waiting.pop()) {
    const { version, ownContents } = stateOf(engine, files);
    if (states.has(ownContents)) continue;
    states.set(ownContents, version);
    if (version < migrations.length) {
      waiting.push(await run(engine, migrations, files, version + 1));
    }
    if (version > 0) waiting.push(await run(engine, migrations, files, version - 1));
  }
  return states;
}

function stateOf(engine: Engine, files: Files): ReturnType<typeof readState> {
  engine.plug(memoryStorage(files));
  using connection = openDatabase(engine, DATABASE);
  return readState(connection);
}

async function run(
  engine: Engine,
  migrations: readonly Migration[],
  files: Files,
  version: number,
): Promise<Files> {
  const storage = memoryStorage(files);
  const verb = version > stateOf(engine, files).version ? "apply" : "rollback";
  engine.plug(storage);
  const payload = new TextEncoder().encode(JSON.stringify({ target_version: version }));
  const reply = await dispatch(verb, PLUGIN, payload, directContext(engine, migrations));
  if (!reply.success) throw new Error(reply.message);
  return storage.files();
}
