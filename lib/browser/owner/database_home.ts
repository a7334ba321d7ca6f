// The id of the databases of a sandbox, by which a fleet knows its node again. For browsers.

import type { DirectoryHandle } from "./directory_handle.ts";

const FILE = "node_id";
const UUID = /^[0-9a-f-]{36}$/;

/** Reads the id, and writes one where there is none. One tab at a time may call it. */
export async function databaseHome(directory: DirectoryHandle): Promise<string> {
  const handle = await directory.getFileHandle(FILE, { create: true });
  const bytes = await (await handle.getFile()).arrayBuffer();
  const text = new TextDecoder().decode(bytes).trim();
  if (UUID.test(text)) return text;
  const id = crypto.randomUUID();
  const file = await handle.createWritable();
  await file.write(new TextEncoder().encode(`${id}\n`));
  await file.close();
  return id;
}
