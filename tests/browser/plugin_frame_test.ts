// Plugins' page code: it gets its own plugin's replies, and reaches nothing else.

import type { Frame, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { openChromium } from "../support/browser.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";
import type {} from "./plugin_frame_probe.ts";

// What lies on another origin, and writes down who comes.
const elsewhere = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
  visits.push(url);
  return new Response("here", { headers: { "Access-Control-Allow-Origin": "*" } });
});
const visits: string[] = [];
const FOREIGN = `http://127.0.0.1:${elsewhere.addr.port}`;

/** Page code that asks for status and shows what it got. */
const ASKS = `export async function start(godwit, root) {
  root.textContent = JSON.stringify(await godwit.request("status", {}));
}`;

/** Page code that leaves its means to the test. */
const WAITS = `export function start(godwit, root) {
  globalThis.godwit = godwit;
  root.textContent = "ready";
}`;

/** Page code that changes what leaves through its port. */
const FORGES = `export function start(godwit, root) {
  const { postMessage } = MessagePort.prototype;
  globalThis.forge = (message) => new Promise((resolve) => {
    MessagePort.prototype.postMessage = function (request) {
      this.addEventListener("message", ({ data }) => resolve(data), { once: true });
      postMessage.call(this, message === "as it is" ? request : message);
    };
    godwit.request("status", {});
  });
  root.textContent = "ready";
}`;

const server = await SandboxServer.start({
  module: new URL("plugin_frame_probe.ts", import.meta.url),
  files: {
    "probe.html":
      '<!doctype html><meta charset="utf-8"><script type="module" src="plugin_frame_probe.js"></script><p id="mine">mine',
    "plugins/asks.js": ASKS,
    "plugins/forges.js": FORGES,
    "plugins/waits.js": WAITS,
    "plugins/idle.js": "export const stop = 1;",
    "plugins/starts.js": `export async function start(own, root) {
      const reply = await own.request("status", {});
      root.textContent = [own.plugin, root.parentElement.tagName, JSON.stringify(reply)].join();
    }`,
    "plugins/starts-badly.js": 'export function start() { throw new Error("in its start") }',
    "plugins/fails.js": 'throw new Error("written by the plugin")',
    "plugins/leaves.js": `export function start() { location.href = "/plugin_frame.html?again"; }`,
    "plugins/floods.js":
      `export function start({ request }) { for (let i = 0; i < 50_000; i++) request("status", {}); }`,
    "plugins/spins.js":
      'export async function start({ request }) { await request("status", {}); for (;;); }',
  },
});
const browser = await openChromium();
let page: Page;

const frames = suite("openPluginFrame()");

frames.before.each(async () => {
  page = await browser.open(`${server.url}probe.html`);
});

frames.after.each(async () => {
  await page.close();
  browser.problems.splice(0);
});

frames.after(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await elsewhere.shutdown();
});

/** Opens a frame and waits until its code has shown something. */
async function openFrame(code: string, plugin = "quote-db"): Promise<Frame> {
  await page.evaluate(
    ([name, path]) => globalThis.probe.open(name, path),
    [
      plugin,
      `plugins/${code}.js`,
    ] as const,
  );
  const element = await page.waitForSelector("iframe");
  const frame = await element.contentFrame();
  if (frame === null) throw new Error("The frame has no page");
  await frame.waitForFunction(() => document.body?.textContent !== "");
  return frame;
}

/** Sends a message of any shape through the frame's port; its reply's text. */
async function forge(frame: Frame, message: unknown): Promise<string> {
  return await frame.evaluate(async (value) => {
    const forged = Reflect.get(globalThis, "forge");
    return JSON.stringify(await forged(value));
  }, message);
}

async function stoppedBecause(): Promise<string> {
  await page.waitForFunction(() => globalThis.probe.stopped.length > 0);
  assert.is(await page.locator("iframe").count(), 0);
  return await page.evaluate(() => globalThis.probe.stopped.join());
}

frames("page code gets the reply to what it asks", async () => {
  const frame = await openFrame("asks");
  assert.match(
    await frame.textContent("body") ?? "",
    /"message":"This is the probe, asked for status"/,
  );
  assert.equal(await page.evaluate(() => globalThis.probe.requests), ["status quote-db {} plugin"]);
  browser.assertQuiet();
});

frames("page code is given its plugin and an element of its own", async () => {
  const frame = await openFrame("starts");
  const text = await frame.evaluate(() => document.querySelector("main")?.textContent);
  assert.match(text ?? "", /^quote-db,BODY,\{/);
});

frames("page code whose start throws says so in its frame", async () => {
  const frame = await openFrame("starts-badly");
  assert.match(await frame.textContent("body") ?? "", /failed: Error: in its start/);
});

frames("page code that throws says so in its frame, and the page goes on", async () => {
  const frame = await openFrame("fails");
  assert.match(await frame.textContent("body") ?? "", /failed: Error: written by the plugin/);
  assert.is(await page.textContent("#mine"), "mine");
});

frames("page code without start() says so in its frame", async () => {
  const frame = await openFrame("idle");
  assert.match(await frame.textContent("body") ?? "", /failed: .*it exports no start\(\)/);
});

frames("page code has no origin, and so no storage", async () => {
  const frame = await openFrame("waits");
  const found = await frame.evaluate(async () => {
    const tries: Record<string, () => unknown> = {
      localStorage: () => localStorage,
      sessionStorage: () => sessionStorage,
      cookie: () => document.cookie,
      setCookie: () => document.cookie = "a=b",
      opfs: () => navigator.storage.getDirectory(),
      locks: () => navigator.locks.request("a", () => {}),
      caches: () => caches.open("a"),
      serviceWorker: () => navigator.serviceWorker.register("/client.js"),
      indexedDB: () =>
        new Promise((resolve, reject) => {
          const request = indexedDB.open("a");
          request.onsuccess = resolve;
          request.onerror = () => reject(request.error);
        }),
    };
    const reached: string[] = [];
    for (const [name, attempt] of Object.entries(tries)) {
      try {
        await attempt();
        reached.push(name);
      } catch {
        // As it shall be.
      }
    }
    return { reached, origin: globalThis.origin };
  });
  assert.equal(found, { reached: [], origin: "null" });
});

frames("page code cannot reach the page that hosts it", async () => {
  const frame = await openFrame("waits");
  const reached = await frame.evaluate(async () => {
    const reached: string[] = [];
    const tries: Record<string, () => unknown> = {
      document: () => parent.document.body,
      probe: () => Reflect.get(parent, "probe"),
      element: () => globalThis.frameElement?.remove() ?? Promise.reject(),
      navigate: () => top?.location.assign("/plugin_frame.html"),
      popup: () => open("/index.html") ?? Promise.reject(),
    };
    for (const [name, attempt] of Object.entries(tries)) {
      try {
        await attempt();
        reached.push(name);
      } catch {
        // As it shall be.
      }
    }
    return reached;
  });
  assert.equal(reached, []);
  assert.is(page.url(), `${server.url}probe.html`);
  assert.is(await page.textContent("#mine"), "mine");
});

frames("page code hears nothing on the origin's channels, and is not heard", async () => {
  const frame = await openFrame("waits");
  const other = await browser.open(`${server.url}probe.html`);
  const listen = (): void => {
    const channel = new BroadcastChannel("godwit");
    const heard: unknown[] = [];
    Object.assign(globalThis, { channel, heard });
    channel.onmessage = ({ data }) => heard.push(data);
  };
  const heard = (): unknown => Reflect.get(globalThis, "heard");
  const say = (text: string): void => Reflect.get(globalThis, "channel").postMessage(text);
  await frame.evaluate(listen);
  await page.evaluate(listen);
  await other.evaluate(listen);
  await frame.evaluate(say, "from the frame");
  await other.evaluate(say, "from a tab");
  // What the tab said arrives after what the frame said could have.
  await page.waitForFunction(() => Reflect.get(globalThis, "heard").length > 0);
  assert.equal(await page.evaluate(heard), ["from a tab"]);
  assert.equal(await frame.evaluate(heard), []);
  await other.close();
});

frames("page code has no network", async () => {
  const frame = await openFrame("waits");
  const asked = server.requests.length;
  const reached = await frame.evaluate(async ([own, foreign]) => {
    const loads = (element: HTMLElement): Promise<unknown> =>
      new Promise((resolve, reject) => {
        element.onload = resolve;
        element.onerror = () => reject(new Error("refused"));
        document.body.append(element);
      });
    const socket = (url: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const opened = new WebSocket(url.replace("http", "ws"));
        opened.onopen = resolve;
        opened.onerror = () => reject(new Error("refused"));
      });
    const tries: Record<string, (url: string) => unknown> = {
      fetch: (url) => fetch(url, { mode: "no-cors" }),
      // It promises to send; whether it did, its receiver knows.
      beacon: (url) => Promise.reject(navigator.sendBeacon(url, "secret")),
      image: (url) => loads(Object.assign(new Image(), { src: url })),
      script: (url) => loads(Object.assign(document.createElement("script"), { src: url })),
      module: (url) => import(url),
      style: (url) =>
        loads(
          Object.assign(document.createElement("link"), { rel: "stylesheet", href: url }),
        ),
      socket,
      worker: (url) =>
        new Promise((resolve, reject) => {
          const code = `fetch("${url}"); postMessage("runs")`;
          const worker = new Worker(URL.createObjectURL(new Blob([code])));
          worker.onmessage = resolve;
          worker.onerror = () => reject(new Error("refused"));
        }),
      events: (url) =>
        new Promise((resolve, reject) => {
          const source = new EventSource(url);
          source.onopen = resolve;
          source.onerror = () => reject(new Error("refused"));
        }),
      webrtc: () => new RTCPeerConnection(),
      inNewFrame: () => {
        const inner = document.body.appendChild(document.createElement("iframe"));
        return Reflect.construct(Reflect.get(inner.contentWindow ?? {}, "RTCPeerConnection"), []);
      },
    };
    const reached: string[] = [];
    for (const [name, attempt] of Object.entries(tries)) {
      for (const url of [`${own}sqlite3.wasm?secret`, `${foreign}/?secret=${name}`]) {
        try {
          await attempt(url);
          reached.push(`${name} ${url}`);
        } catch {
          // As it shall be.
        }
      }
    }
    return reached;
  }, [server.url, FOREIGN] as const);
  assert.equal(reached, []);
  // Its own origin may be asked for a script, which is not delivered: it has no origin of its own.
  assert.equal(server.requests.slice(asked).filter((each) => !each.includes("sqlite3.wasm?")), []);
  assert.equal(visits, []);
});

frames("page code cannot even knock at another host", async () => {
  const frame = await openFrame("waits");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const knocks = listener[Symbol.asyncIterator]();
  const host = `127.0.0.1:${listener.addr.port}`;
  await frame.evaluate((url) => {
    for (const rel of ["preconnect", "dns-prefetch", "prefetch", "modulepreload", "preload"]) {
      document.head.append(
        Object.assign(document.createElement("link"), { rel, href: url, as: "script" }),
      );
    }
  }, `http://${host}/`);
  // The page may connect; what it says is the first that arrives.
  await page.evaluate(
    (url) => Object.assign(globalThis, { socket: new WebSocket(url) }),
    `ws://${host}/from-the-page`,
  );
  const { value: connection } = await knocks.next();
  const buffer = new Uint8Array(1024);
  const count = await connection.read(buffer);
  connection.close();
  assert.match(new TextDecoder().decode(buffer.subarray(0, count ?? 0)), /from-the-page/);
});

frames("page code cannot carry anything away by leaving", async () => {
  const frame = await openFrame("waits");
  const problems = browser.problems.length;
  await frame.evaluate((url) => {
    location.href = url;
  }, `${FOREIGN}/?secret=navigation`);
  while (browser.problems.length === problems) await page.evaluate(() => {});
  assert.match(browser.problems.join(), /frame-src/);
  assert.equal(visits, []);
});

frames("a frame that leaves its page is ended", async () => {
  await page.evaluate(() => globalThis.probe.open("quote-db", "plugins/leaves.js"));
  assert.is(await stoppedBecause(), 'The page of "quote-db" went elsewhere, and was ended');
});

frames("page code can ask for its own plugin alone, and for the contract's verbs", async () => {
  const frame = await openFrame("forges");
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
  assert.equal(await page.evaluate(() => globalThis.probe.requests), []);
});

frames("a message of another shape is refused, with its id where it has one", async () => {
  const frame = await openFrame("forges");
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
  assert.equal(await page.evaluate(() => globalThis.probe.requests), []);
});

frames("a sandbox that is gone is a failure reply", async () => {
  const frame = await openFrame("forges");
  const reply = await forge(frame, {
    id: 1,
    subject: "db.migrate.quote-db.apply",
    payload: '{"throw":1}',
  });
  assert.match(reply, /DATABASE_UNAVAILABLE.*The sandbox does not answer; reload the page/);
});

frames("more requests at once than are answered are refused", async () => {
  const frame = await openFrame("waits");
  const first = frame.evaluate(async () => {
    const { request } = Reflect.get(globalThis, "godwit");
    const held = Array.from({ length: 16 }, () => request("status", { hold: true }));
    const refused = await request("status", {});
    await Promise.all(held);
    return refused.message;
  });
  await page.waitForFunction(() => globalThis.probe.requests.length === 16);
  await page.evaluate(() => globalThis.probe.release());
  assert.is(await first, "There are 16 requests without a reply; wait for one before the next");
});

frames("a flood of messages ends the frame, and the page goes on", async () => {
  await page.evaluate(() => globalThis.probe.open("quote-db", "plugins/floods.js"));
  assert.is(await stoppedBecause(), 'The page of "quote-db" sent too many messages');
  const count = await page.evaluate(() => globalThis.probe.requests.length);
  assert.ok(count <= 400, `${count} requests got through`);
  assert.is(await page.textContent("#mine"), "mine");
});

frames("page code that never comes back does not hold the page up", async () => {
  await page.evaluate(() => globalThis.probe.open("quote-db", "plugins/spins.js"));
  await page.waitForFunction(() => globalThis.probe.requests.length === 1);
  // In the frame's process this would wait for ever.
  assert.is(await page.evaluate(() => document.title), "");
  await page.evaluate(() => globalThis.probe.close());
  assert.is(await page.locator("iframe").count(), 0);
});

frames("page code that is not there ends the frame", async () => {
  await page.evaluate(() => globalThis.probe.open("quote-db", "plugins/missing.js"));
  assert.is(await stoppedBecause(), 'The page of "quote-db" was not found (404)');
});

frames("page code of another origin is not fetched", async () => {
  await page.evaluate((url) => globalThis.probe.open("quote-db", url), `${FOREIGN}/code.js`);
  assert.match(await stoppedBecause(), /could not be fetched/);
  assert.equal(visits, []);
});

frames("the frame's address, opened by itself, has no origin either", async () => {
  const alone = await browser.open(`${server.url}plugin_frame.html`);
  assert.is(await alone.evaluate(() => globalThis.origin), "null");
  await alone.close();
});

frames.run();
