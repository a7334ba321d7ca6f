// A plugin that keeps its database open, and closes it while godwit migrates it.
//   deno run --allow-net --allow-read --allow-write examples/step_aside/plugin.ts quotes data/quotes.sqlite3

import { connect } from "nats.ws";
import { DatabaseSync } from "node:sqlite";

const [plugin = "", path = ""] = Deno.args;
const nats = await connect({ servers: "ws://127.0.0.1:8080" });
let database: DatabaseSync | null = new DatabaseSync(path);

// godwit waits for the answer, 2 seconds at most, before it locks the database.
nats.subscribe(`db.migrate.${plugin}.quiesce`, {
  callback(_error, message) {
    database?.close();
    database = null;
    message.respond();
  },
});

nats.subscribe(`db.migrate.${plugin}.events`, {
  callback(_error, message) {
    if (message.json<{ event: string }>().event === "run_finished") {
      database ??= new DatabaseSync(path);
    }
  },
});

await nats.flush();
console.log("ready");
setInterval(() => {
  // Between two messages of NATS the database is open, or godwit has it.
  const row = database?.prepare("SELECT count(*) AS tables FROM sqlite_schema").get();
  console.log(row === undefined ? "stepped aside" : `${row.tables} tables`);
}, 100);
