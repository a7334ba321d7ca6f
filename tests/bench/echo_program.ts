// Answers each request on a subject with as many bytes as it names: what NATS itself costs.
// echo_program.ts <url> <subject>

import { connect } from "nats.ws";

const [servers = "", subject = ""] = Deno.args;
const connection = await connect({ servers });
const requests = connection.subscribe(subject);
await connection.flush();
console.error("Serving");
for await (const request of requests) request.respond("{}".padEnd(request.json<number>()));
