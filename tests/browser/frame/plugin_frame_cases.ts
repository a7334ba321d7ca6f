// How plugins' page code is run, and what it may ask, in any browser.

import type { Frame } from "playwright-core";
import * as assert from "uvu/assert";
import type { TestBrowser } from "../../support/browser.ts";
import { suite } from "../../support/suite.ts";
import { FrameSetting } from "./plugin_frame_setting.ts";

/** Defines them, and runs them at once. */
export function definePluginFrameTests(name: string, start: () => Promise<TestBrowser>): void {
  let setting: FrameSetting;
  const frames = suite(`openPluginFrame(): ${name}`);

  frames.before(async () => {
    setting = await FrameSetting.start(start);
  });
  frames.before.each(() => setting.openPage());
  frames.after(() => setting?.[Symbol.asyncDispose]());

  frames("page code gets the reply to what it asks", async () => {
    const frame = await setting.openFrame("asks");
    assert.match(
      await frame.textContent("body") ?? "",
      /"message":"This is the probe, asked for status"/,
    );
    assert.equal(await setting.requests(), ["status quote-db {} plugin"]);
    setting.browser.assertQuiet();
  });

  frames("page code is given its plugin and an element of its own", async () => {
    const frame = await setting.openFrame("starts");
    const text = await frame.evaluate(() => document.querySelector("main")?.textContent);
    assert.match(text ?? "", /^quote-db,BODY,\{/);
  });

  frames("page code whose start throws says so in its frame", async () => {
    const frame = await setting.openFrame("starts-badly");
    assert.match(await frame.textContent("body") ?? "", /failed: Error: in its start/);
  });

  frames("page code that throws says so in its frame, and the page goes on", async () => {
    const frame = await setting.openFrame("fails");
    assert.match(await frame.textContent("body") ?? "", /failed: Error: written by the plugin/);
    assert.is(await setting.page.textContent("#mine"), "mine");
  });

  frames("page code without start() says so in its frame", async () => {
    const frame = await setting.openFrame("idle");
    assert.match(
      await frame.textContent("body") ?? "",
      /failed: .*the module does not export start\(\)/,
    );
  });

  frames("a frame that leaves its page is ended", async () => {
    await setting.start("leaves");
    assert.is(
      await setting.stoppedBecause(),
      'The page of "quote-db" navigated away, and was stopped',
    );
  });

  frames("page code can ask for its own plugin alone, and for the contract's verbs", async () => {
    const frame = await setting.openFrame("forges");
    for (
      const [subject, code] of [
        ["db.migrate.trivia.status", "PLUGIN_NOT_FOUND"],
        ["db.migrate.quote-db.trivia.status", "INVALID_REQUEST"],
        ["db.migrate.quote-db.drop", "INVALID_REQUEST"],
        ["db.migrate.quote-db.", "INVALID_REQUEST"],
        ["db.migrate.quote-db.toString", "INVALID_REQUEST"],
        ["other.quote-db.status", "PLUGIN_NOT_FOUND"],
        ["$SRV.PING", "PLUGIN_NOT_FOUND"],
        ["", "PLUGIN_NOT_FOUND"],
      ] as const
    ) {
      const reply = await forge(frame, { id: 7, subject, payload: "{}" });
      assert.match(reply, new RegExp(`^{"id":7,.*${code}`), subject);
    }
    assert.equal(await setting.requests(), []);
  });

  frames("a message of another shape is refused, with its id where it has one", async () => {
    const frame = await setting.openFrame("forges");
    const subject = "db.migrate.quote-db.status";
    for (
      const [message, id] of [
        [null, null],
        ["status", null],
        [[], null],
        [{ id: -1, subject, payload: "{}" }, null],
        [{ id: 1.5, subject, payload: "{}" }, null],
        [{ id: 3, subject }, 3],
        [{ id: 3, subject, payload: {} }, 3],
        [{ id: 3, subject, payload: "x".repeat(70_000) }, 3],
        [{ id: 3, subject: `${subject}${"x".repeat(200)}`, payload: "{}" }, 3],
        [{ id: 3, subject, payload: "{}", via: "page" }, 3],
      ] as const
    ) {
      const reply = await forge(frame, message);
      assert.match(reply, new RegExp(`^{"id":${id},.*INVALID_REQUEST`), JSON.stringify(message));
    }
    assert.equal(await setting.requests(), []);
  });

  frames("a sandbox that is gone is a failure reply", async () => {
    const frame = await setting.openFrame("forges");
    const reply = await forge(frame, {
      id: 1,
      subject: "db.migrate.quote-db.apply",
      payload: '{"throw":1}',
    });
    assert.match(reply, /DATABASE_UNAVAILABLE.*The sandbox does not answer; reload the page/);
  });

  frames("more requests at once than are answered are refused", async () => {
    const frame = await setting.openFrame("waits");
    const first = frame.evaluate(async () => {
      const { request } = Reflect.get(globalThis, "godwit");
      const held = Array.from({ length: 16 }, () => request("status", { hold: true }));
      const refused = await request("status", {});
      await Promise.all(held);
      return refused.message;
    });
    await setting.page.waitForFunction(() => globalThis.probe.requests.length === 16);
    await setting.page.evaluate(() => globalThis.probe.release());
    assert.is(
      await first,
      "16 requests are waiting for their replies; wait before you send another",
    );
  });

  frames("a flood of messages ends the frame, and the page goes on", async () => {
    await setting.start("floods");
    assert.is(await setting.stoppedBecause(), 'The page of "quote-db" sent too many messages');
    const count = await setting.page.evaluate(() => globalThis.probe.requests.length);
    assert.ok(count <= 400, `${count} requests got through`);
    assert.is(await setting.page.textContent("#mine"), "mine");
  });

  frames("page code that is not there ends the frame", async () => {
    await setting.start("missing");
    assert.is(await setting.stoppedBecause(), 'The page of "quote-db" was not found (404)');
  });

  frames.run();
}

/** Sends a message of any shape through the frame's port; its reply's text. */
async function forge(frame: Frame, message: unknown): Promise<string> {
  return await frame.evaluate(async (value) => {
    const forged = Reflect.get(globalThis, "forge");
    return JSON.stringify(await forged(value));
  }, message);
}
