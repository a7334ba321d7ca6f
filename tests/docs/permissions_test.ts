// The documented configuration of nats-server: a plugin cannot touch another, only operators roll back.

import { connect, type ConnectionOptions, type NatsConnection } from "nats.ws";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { verbs } from "../../lib/message/verbs.ts";
import { suite } from "../support/suite.ts";
import { RepositoryCopy } from "./repository_copy.ts";

const PASSWORDS =
  "GODWIT_PASSWORD=g QUOTE_DB_PASSWORD=q TRIVIA_PASSWORD=t OPERATOR_PASSWORD=o nats-server";
const TIMEOUT_MS = 5_000;

const copy = await RepositoryCopy.make();
await copy.start(`env ${PASSWORDS} -c examples/nats/permissions.conf`);
await copy.start(
  `env NATS_USER=godwit NATS_PASSWORD=g deno task serve --nats ${copy.natsUrl} --plugins examples/plugins`,
);
const quoteDb = await login("quote-db", "q", { inboxPrefix: "_INBOX.quote-db" });
const trivia = await login("trivia", "t", { inboxPrefix: "_INBOX.trivia" });
const operator = await login("operator", "o");

const permissions = suite("examples/nats/permissions.conf");

permissions.after(async () => {
  for (const connection of [quoteDb, trivia, operator]) await connection.close();
  await copy[Symbol.asyncDispose]();
});

permissions("a plugin migrates and sees itself", async () => {
  assert.is(await ask(quoteDb, "quote-db", "apply"), true);
  assert.is(await ask(quoteDb, "quote-db", "status"), true);
  assert.is(await ask(quoteDb, "quote-db", "history"), true);
});

permissions("a plugin can neither migrate nor see another", async () => {
  for (const verb of verbs()) {
    assert.is(await ask(quoteDb, "trivia", verb), "forbidden", verb);
    assert.is(await ask(trivia, "quote-db", verb), "forbidden", verb);
  }
});

permissions("a plugin can neither roll back, cancel nor plan, itself included", async () => {
  assert.is(await ask(quoteDb, "quote-db", "rollback"), "forbidden");
  assert.is(await ask(quoteDb, "quote-db", "cancel"), "forbidden");
  assert.is(await ask(quoteDb, "quote-db", "plan"), "forbidden");
});

permissions("a plugin hears its own events, and none of another", async () => {
  assert.is(await listen(quoteDb, "db.migrate.quote-db.events"), "allowed");
  assert.is(await listen(quoteDb, "db.migrate.trivia.events"), "forbidden");
  assert.is(await listen(quoteDb, "db.migrate.>"), "forbidden");
});

permissions("a plugin cannot read the replies of others", async () => {
  assert.is(await listen(quoteDb, "_INBOX.>"), "forbidden");
  assert.is(await listen(quoteDb, "_INBOX.trivia.>"), "forbidden");
});

permissions("a plugin cannot answer in the service's place", async () => {
  assert.is(await listen(trivia, "db.migrate.*.apply"), "forbidden");
});

permissions("a plugin cannot make the service send its reply to another", async () => {
  const heard: string[] = [];
  const subjects = ["db.migrate.trivia.events", "db.migrate.trivia.quiesce"];
  const subscriptions = subjects.map((subject) =>
    trivia.subscribe(subject, { callback: () => heard.push(subject) })
  );
  await trivia.flush();
  for (const reply of subjects) quoteDb.publish("db.migrate.quote-db.status", "{}", { reply });
  for (let times = 0; times < 5; times++) await ask(quoteDb, "quote-db", "status");
  await trivia.flush();
  for (const subscription of subscriptions) subscription.unsubscribe();
  assert.equal(heard, []);
});

permissions("operators apply, roll back and see every plugin", async () => {
  assert.is(await ask(operator, "trivia", "apply"), true);
  assert.is(await ask(operator, "trivia", "rollback"), true);
  assert.is(await ask(operator, "quote-db", "status"), true);
  assert.is(await ask(operator, "quote-db", "cancel"), true);
  for (const verb of verbs()) assert.not.equal(await ask(operator, "trivia", verb), "forbidden");
});

permissions("operators find the service", async () => {
  const reply = await operator.request("$SRV.PING.godwit", "", { timeout: TIMEOUT_MS });
  assert.is(v.parse(v.object({ name: v.string() }), reply.json()).name, "godwit");
});

permissions.run();

function login(user: string, pass: string, more: ConnectionOptions = {}): Promise<NatsConnection> {
  return connect({ servers: copy.natsUrl, user, pass, ...more });
}

/** Whether a request succeeded; "forbidden" where the server does not let it through. */
async function ask(
  connection: NatsConnection,
  plugin: string,
  verb: string,
): Promise<boolean | "forbidden"> {
  try {
    const subject = `db.migrate.${plugin}.${verb}`;
    const reply = await connection.request(subject, "{}", { timeout: TIMEOUT_MS });
    return v.parse(v.object({ success: v.boolean() }), reply.json()).success;
  } catch (error) {
    return forbidden(error);
  }
}

async function listen(
  connection: NatsConnection,
  subject: string,
): Promise<"allowed" | "forbidden"> {
  const refused = Promise.withResolvers<"forbidden">();
  const subscription = connection.subscribe(subject, {
    callback(error) {
      if (error !== null) refused.resolve(forbidden(error));
    },
  });
  // The server answers in order, so its refusal comes before the reply to the flush.
  await connection.flush();
  const outcome = await Promise.race([refused.promise, Promise.resolve("allowed" as const)]);
  subscription.unsubscribe();
  return outcome;
}

function forbidden(error: unknown): "forbidden" {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "PERMISSIONS_VIOLATION") return "forbidden";
  throw error;
}
