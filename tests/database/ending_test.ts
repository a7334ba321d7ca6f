// Ending: every waiting call ends, and a call that was answered is not kept in memory.

import v8 from "node:v8";
import vm from "node:vm";
import * as assert from "uvu/assert";
import { Ending } from "../../lib/database/ending.ts";
import { suite } from "../support/suite.ts";

const endings = suite("Ending");

function forever(): Promise<string> {
  return new Promise(() => {});
}

async function errorOf(waiting: Promise<unknown>): Promise<string> {
  try {
    return `answered: ${await waiting}`;
  } catch (error) {
    return String(error);
  }
}

endings("an answer that comes first is the answer, a failure too", async () => {
  const ending = new Ending<string>();
  assert.is(await ending.before(Promise.resolve("answer")), "answer");
  assert.is(await errorOf(ending.before(Promise.reject(new Error("no")))), "Error: no");
});

endings("pending and later calls settle with the first end", async () => {
  const ending = new Ending<string>();
  const waiting = [ending.before(forever()), ending.before(forever())];
  ending.end("over");
  ending.end("again");
  ending.fail(new Error("too late"));
  assert.equal(await Promise.all(waiting), ["over", "over"]);
  assert.is(await ending.before(forever()), "over");
  const failing = new Ending();
  const other = failing.before(forever());
  failing.fail(new Error("dead"));
  assert.is(await errorOf(other), "Error: dead");
  assert.is(await errorOf(failing.before(forever())), "Error: dead");
});

endings("an answer is not kept in memory until the end", async () => {
  const ending = new Ending();
  const kept = await (async () => {
    const answer = { rows: [1, 2, 3] };
    await ending.before(Promise.resolve(answer));
    return new WeakRef(answer);
  })();
  v8.setFlagsFromString("--expose-gc");
  const collect: () => void = vm.runInNewContext("gc");
  // A reference lives on until the task in which it was looked at is over.
  await new Promise((resolve) => setTimeout(resolve, 0));
  collect();
  assert.is(kept.deref(), undefined);
  ending.fail(new Error("later"));
});

endings.run();
