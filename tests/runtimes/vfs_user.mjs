// A program that uses godwit's VFS without Deno: run by run_runtimes.ts in Node.js and in Bun.

import init from "@sqlite.org/sqlite-wasm";
import { installVfs, nodeStorage } from "@godwit/vfs";

const [path, task] = process.argv.slice(2);
const sqlite3 = await init();
const vfs = installVfs(sqlite3, nodeStorage({ busyTimeoutMs: 300 }), "file");

try {
  const access = task === "read" ? "read" : "write";
  const filename = `file:${path}?access=${access}`;
  const database = new sqlite3.oo1.DB({ filename, flags: "w", vfs: vfs.name });
  if (task !== "read") {
    database.exec("PRAGMA synchronous=FULL; BEGIN IMMEDIATE; INSERT INTO t VALUES ('godwit')");
  }
  if (task === "hold") {
    console.log("holding");
    // Bun collects what nothing refers to any more, locks included.
    setInterval(() => database.isOpen(), 1000);
  } else {
    if (task === "write") database.exec("COMMIT");
    vfs.verify(path);
    console.log(`rows ${database.selectValue("SELECT count(*) FROM t")}`);
    database.close();
  }
} catch (error) {
  console.log(`refused ${error.resultCode} ${vfs.takeError()?.message ?? error.message}`);
}
