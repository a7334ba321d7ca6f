// Holds a database in a process of its own until it is killed. Says when it has it.

import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { openDatabase, startEngine } from "../crash/engine.ts";

const engine = await startEngine();
engine.plug(nodeStorage());
const connection = openDatabase(engine, Deno.args[0] ?? "");
connection.exec("INSERT INTO t VALUES ('holder')");
console.log("held");
setInterval(() => connection.inTransaction, 1_000_000);
