// A program that uses godwit's VFS without Deno: run by run_runtimes.ts in Node.js and in Bun.

import init from "@sqlite.org/sqlite-wasm";
import { installVfs, nodeStorage } from "../../lib/vfs/mod.ts";

const [path, task] = process.argv.slice(2);
const sqlite3 = await init();
const vfs = installVfs(sqlite3, nodeStorage(), "file");
const database = new sqlite3.oo1.DB({ filename: path, flags: "c", vfs: vfs.name });

if (task === "hold") {
  database.exec("PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE; CREATE TABLE lost (x)");
  console.log("holding");
  // Bun collects what nothing refers to any more, locks included.
  setInterval(() => database.isOpen(), 1000);
} else {
  try {
    database.exec(
      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
    );
    database.exec("CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (42)");
    console.log(`rows ${database.selectValue("SELECT count(*) FROM t")}`);
    database.close();
  } catch (error) {
    console.log(`refused ${error.resultCode} ${vfs.takeError()?.message ?? ""}`);
  }
}
