// TabChannel: the calls of several tabs on one channel, and the routing of calls to whoever answers.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as assert from "uvu/assert";
import type { SandboxCalls } from "../../../lib/browser/sandbox_calls.ts";
import { type Answerer, LOST, routeCalls } from "../../../lib/browser/tab/route_calls.ts";
import {
  type ChannelListener,
  type OwnerPresence,
  TabChannel,
} from "../../../lib/browser/tab/tab_channel.ts";
import type { Reply } from "../../../lib/message/any_reply.ts";
import type { Failed } from "../../../lib/outcome.ts";
import { Ending } from "../../../lib/database/ending.ts";
import { suite } from "../../support/suite.ts";

const NOBODY: ChannelListener = { onWho() {}, onOwner() {}, onEvent() {} };

/** Calls whose every answer is `answer(what)`; what is not asked for in these tests throws. */
function callsOf(answer: (what: string) => Promise<unknown> | unknown): SandboxCalls {
  const outcome = async (what: string): Promise<Failed> => ({
    ok: false,
    code: "test",
    message: String(await answer(what)),
  });
  return {
    request: async (verb, plugin): Promise<Reply> => ({
      success: false,
      verb,
      error_code: "INTERNAL_ERROR",
      message: String(await answer(verb)),
      plugin_name: plugin,
      errors: [],
      warnings: [],
    }),
    plugins: async () => {
      await answer("plugins");
      return [];
    },
    sourceProblems: async () => {
      await answer("sourceProblems");
      return [];
    },
    files: () => outcome("files"),
    compareApplied: () => outcome("compareApplied"),
    compareSchema: () => outcome("compareSchema"),
    schema: () => outcome("schema"),
    query: (_, { access }) => outcome(`query ${access}`),
    stopQuery: () => outcome("stopQuery"),
    exportDatabase: () => outcome("exportDatabase"),
    deleteBackup: () => outcome("deleteBackup"),
    importDatabase: () => outcome("importDatabase"),
    readDatabase: () => outcome("readDatabase"),
    rehearse: () => outcome("rehearse"),
    saveFiles: () => outcome("saveFiles"),
    deleteFiles: () => outcome("deleteFiles"),
    fleet: () => outcome("fleet"),
  };
}

const channels = suite("TabChannel");

// Deno opens no channel once the last one was closed.
const open = new BroadcastChannel("tests");

channels.after(() => open.close());

channels("every tab's calls are answered by the owner, and by it alone", async () => {
  const name = crypto.randomUUID();
  const [owner, one, other] = [1, 2, 3].map(() => new TabChannel(name, NOBODY));
  assert.ok(owner && one && other);
  owner.answer(callsOf((what) => `the owner's ${what}`));
  const replies = await Promise.all([one, other].map((tab) => tab.remote().schema("p")));
  assert.equal(replies, Array(2).fill({ ok: false, code: "test", message: "the owner's schema" }));
  for (const tab of [owner, one, other]) tab.close();
});

channels("a tab that has known several owners keeps no other tab from asking", async () => {
  const name = crypto.randomUUID();
  const [owner, one, other] = [1, 2, 3].map(() => new TabChannel(name, NOBODY));
  assert.ok(owner && one && other);
  owner.answer(callsOf((what) => `the owner's ${what}`));
  // Comlink ends the other end of a proxy that is collected, and may be told so only after a while.
  let isCollected = false;
  const registry = new FinalizationRegistry(() => isCollected = true);
  (() => {
    one.remote();
    registry.register({}, null);
  })();
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  while (!isCollected) {
    collect();
    await new Promise((resolve) => setTimeout(resolve));
  }
  const { message } = await other.remote().schema("p").then((outcome) =>
    outcome.ok ? { message: "" } : outcome
  );
  assert.is(message, "the owner's schema");
  for (const tab of [owner, one, other]) tab.close();
});

channels("guests hear who the owner is, and owners that somebody asks", async () => {
  const name = crypto.randomUUID();
  const asked = Promise.withResolvers<void>();
  const told = Promise.withResolvers<OwnerPresence>();
  const owner = new TabChannel(name, { ...NOBODY, onWho: () => asked.resolve() });
  const guest = new TabChannel(name, { ...NOBODY, onOwner: (presence) => told.resolve(presence) });
  guest.askWho();
  await asked.promise;
  const presence: OwnerPresence = {
    id: "1",
    state: {
      storage: { kind: "opfs" },
      engineVersion: "3.54.1",
      nats: { kind: "off" },
      node: { kind: "off" },
    },
  };
  owner.announce(presence);
  assert.equal(await told.promise, presence);
  owner.close();
  guest.close();
});

channels("what is answered after the calls were closed is told to nobody", async () => {
  const name = crypto.randomUUID();
  const [owner, guest] = [1, 2].map(() => new TabChannel(name, NOBODY));
  assert.ok(owner && guest);
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  owner.answer(callsOf(() => {
    asked.resolve();
    return answer.promise;
  }));
  let isAnswered = false;
  guest.remote().schema("p").then(() => isAnswered = true);
  await asked.promise;
  owner.closeCalls();
  answer.resolve("too late");
  // Notices still pass, after whatever was posted before them.
  const heard = Promise.withResolvers<void>();
  const listener = new TabChannel(name, { ...NOBODY, onWho: () => heard.resolve() });
  owner.askWho();
  await heard.promise;
  assert.is(isAnswered, false);
  for (const tab of [owner, guest, listener]) tab.close();
});

channels.run();

const routes = suite("routeCalls()");

/** Two answerers in turn: the first is lost once it was asked, the second answers. */
function twoOwners(): { readonly calls: SandboxCalls; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const lost = new Ending<typeof LOST>();
  const first: Answerer = {
    lost,
    calls: callsOf((what) => {
      asked.push(`first ${what}`);
      current = Promise.resolve(second);
      lost.end(LOST);
      return new Promise(() => {});
    }),
  };
  const second: Answerer = {
    lost: null,
    calls: callsOf((what) => {
      asked.push(`second ${what}`);
      return "answered";
    }),
  };
  let current = Promise.resolve(first);
  return { calls: routeCalls(() => current), asked };
}

const READING: readonly (readonly [string, (calls: SandboxCalls) => Promise<unknown>])[] = [
  ["status", (calls) => calls.request("status", "p", "{}")],
  ["plugins", (calls) => calls.plugins()],
  ["files", (calls) => calls.files("p")],
  ["schema", (calls) => calls.schema("p")],
  ["query read", (calls) => calls.query("p", { sql: "", access: "read", limit: 1 })],
  ["stopQuery", (calls) => calls.stopQuery("q")],
  ["exportDatabase", (calls) => calls.exportDatabase("p")],
];
const WRITING: readonly (readonly [string, (calls: SandboxCalls) => Promise<unknown>])[] = [
  ["query write", (calls) => calls.query("p", { sql: "", access: "write", limit: 1 })],
  ["deleteBackup", (calls) => calls.deleteBackup("p", "b")],
  ["importDatabase", (calls) => calls.importDatabase("p", new Uint8Array())],
  ["saveFiles", (calls) => calls.saveFiles("p", [])],
  ["deleteFiles", (calls) => calls.deleteFiles("p")],
];

routes("what only reads is asked again of the next owner", async () => {
  for (const [what, call] of READING) {
    const { calls, asked } = twoOwners();
    await call(calls);
    assert.equal(asked, [`first ${what}`, `second ${what}`]);
  }
});

routes("what writes is not done twice, and says that it may have been done", async () => {
  const gone = /^The tab that owned the database has closed; .* request status/;
  for (const [what, call] of WRITING) {
    const { calls, asked } = twoOwners();
    const outcome = await call(calls);
    assert.match(
      JSON.stringify(outcome),
      /"ok":false,"code":"owner-gone","message":"The tab that owned/,
    );
    assert.equal(asked, [`first ${what}`]);
  }
  for (const verb of ["apply", "rollback"] as const) {
    const { calls, asked } = twoOwners();
    const reply = await calls.request(verb, "p", "{}");
    assert.ok(!reply.success);
    assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
    assert.match(reply.message, gone);
    assert.equal(asked, [`first ${verb}`]);
  }
});

routes("calls wait until somebody answers", async () => {
  const { promise, resolve } = Promise.withResolvers<Answerer>();
  const reply = routeCalls(() => promise).request("apply", "p", "{}");
  resolve({ lost: null, calls: callsOf(() => "answered") });
  assert.is((await reply).plugin_name, "p");
});

routes.run();
