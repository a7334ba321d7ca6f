// Requests the status of a plugin from a running godwit, as any NATS client can.
// deno run --allow-net examples/nats/request.ts [plugin]

import { connect } from "nats.ws";

const plugin = Deno.args[0] ?? "quote-db";
const connection = await connect({ servers: "ws://127.0.0.1:8080" });
const reply = await connection.request(`db.migrate.${plugin}.status`, "{}", { timeout: 5_000 });
console.log(reply.json());
await connection.close();
