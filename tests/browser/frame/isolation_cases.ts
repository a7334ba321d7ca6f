// Plugins' page code reaches its own database and nothing else, in any browser.

import * as assert from "uvu/assert";
import type { TestBrowser } from "../../support/browser.ts";
import { suite } from "../../support/suite.ts";
import { FrameSetting } from "./plugin_frame_setting.ts";

/** Defines them, and runs them at once. */
export function defineIsolationTests(name: string, start: () => Promise<TestBrowser>): void {
  let setting: FrameSetting;
  const frames = suite(`isolation of page code: ${name}`);

  frames.before(async () => {
    setting = await FrameSetting.start(start);
  });
  frames.before.each(() => setting.openPage());
  frames.after(() => setting?.[Symbol.asyncDispose]());

  frames("page code has no origin, and so no storage", async () => {
    const frame = await setting.openFrame("waits");
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
    const frame = await setting.openFrame("waits");
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
    assert.is(setting.page.url(), `${setting.server.url}probe.html`);
    assert.is(await setting.page.textContent("#mine"), "mine");
  });

  frames("page code hears nothing on the origin's channels, and is not heard", async () => {
    const frame = await setting.openFrame("waits");
    const other = await setting.openTab();
    const listen = (): void => {
      const channel = new BroadcastChannel("godwit");
      const heard: unknown[] = [];
      Object.assign(globalThis, { channel, heard });
      channel.onmessage = ({ data }) => heard.push(data);
    };
    const heard = (): unknown => Reflect.get(globalThis, "heard");
    const say = (text: string): void => Reflect.get(globalThis, "channel").postMessage(text);
    await frame.evaluate(listen);
    await setting.page.evaluate(listen);
    await other.evaluate(listen);
    await frame.evaluate(say, "from the frame");
    await other.evaluate(say, "from a tab");
    // What the tab said arrives after what the frame said could have.
    await setting.page.waitForFunction(() => Reflect.get(globalThis, "heard").length > 0);
    assert.equal(await setting.page.evaluate(heard), ["from a tab"]);
    assert.equal(await frame.evaluate(heard), []);
    await other.close();
  });

  frames("page code has no network", async () => {
    const frame = await setting.openFrame("waits");
    const asked = setting.server.requests.length;
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
    }, [setting.server.url, setting.foreign] as const);
    assert.equal(reached, []);
    // Its own origin may be asked for a script, which is not delivered: it has no origin of its own.
    assert.equal(
      setting.server.requests.slice(asked).filter((each) => !each.includes("sqlite3.wasm?")),
      [],
    );
    assert.equal(setting.visits, []);
  });

  // Firefox, as tests drive it, opens no connection before it is needed; there this proves nothing.
  frames("page code cannot even knock at another host", async () => {
    const frame = await setting.openFrame("waits");
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
    await setting.page.evaluate(
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
    const frame = await setting.openFrame("waits");
    const problems = setting.browser.problems.length;
    await frame.evaluate((url) => {
      location.href = url;
    }, `${setting.foreign}/?secret=navigation`);
    while (setting.browser.problems.length === problems) await setting.page.evaluate(() => {});
    assert.match(setting.browser.problems.join(), /frame-src/);
    assert.equal(setting.visits, []);
  });

  // Firefox runs a frame without an origin in its page's process.
  if (name === "Chromium") {
    frames("page code that never comes back does not hold the page up", async () => {
      await setting.start("spins");
      await setting.page.waitForFunction(() => globalThis.probe.requests.length === 1);
      // In the frame's process this would wait for ever.
      assert.is(await setting.page.evaluate(() => document.title), "");
      await setting.page.evaluate(() => globalThis.probe.close());
      assert.is(await setting.page.locator("iframe").count(), 0);
    });
  }

  frames("page code of another origin is not fetched", async () => {
    await setting.start(`${setting.foreign}/code.js`);
    assert.match(await setting.stoppedBecause(), /could not be fetched/);
    assert.equal(setting.visits, []);
  });

  frames("the frame's address, opened by itself, has no origin either", async () => {
    const alone = await setting.browser.open(`${setting.server.url}plugin_frame.html`);
    assert.is(await alone.evaluate(() => globalThis.origin), "null");
    await alone.close();
  });

  frames.run();
}
