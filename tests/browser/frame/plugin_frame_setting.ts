// A browser with a page that hosts plugins' page code, for the tests of the frame it runs in.

import type { Frame, Page } from "playwright-core";
import * as assert from "uvu/assert";
import type { TestBrowser } from "../../support/browser.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import type {} from "./plugin_frame_probe.ts";

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

const FILES = {
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
};

/** A browser, a server and another origin that writes down who comes. */
export class FrameSetting implements AsyncDisposable {
  readonly browser: TestBrowser;
  readonly server: SandboxServer;
  /** What the other origin was asked for. */
  readonly visits: string[] = [];
  readonly #elsewhere: Deno.HttpServer<Deno.NetAddr>;
  #page: Page | null = null;

  private constructor(browser: TestBrowser, server: SandboxServer) {
    this.browser = browser;
    this.server = server;
    this.#elsewhere = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      ({ url }) => {
        this.visits.push(url);
        return new Response("here", { headers: { "Access-Control-Allow-Origin": "*" } });
      },
    );
  }

  /** Starts everything. */
  static async start(start: () => Promise<TestBrowser>): Promise<FrameSetting> {
    const module = new URL("plugin_frame_probe.ts", import.meta.url);
    return new FrameSetting(await start(), await SandboxServer.start({ module, files: FILES }));
  }

  /** The page of this test. */
  get page(): Page {
    if (this.#page === null) throw new Error("The test has not opened its page");
    return this.#page;
  }

  /** The other origin. */
  get foreign(): string {
    return `http://127.0.0.1:${this.#elsewhere.addr.port}`;
  }

  /** Opens the page anew. */
  async openPage(): Promise<void> {
    await this.#page?.close();
    this.browser.problems.splice(0);
    this.visits.splice(0);
    this.#page = await this.openTab();
  }

  /** Opens the page in one more tab. */
  async openTab(): Promise<Page> {
    const page = await this.browser.open(`${this.server.url}probe.html`);
    await page.waitForFunction(() => "probe" in globalThis);
    return page;
  }

  /** Opens a frame with the page code of a name. */
  async start(code: string): Promise<void> {
    await this.page.evaluate(
      (path) => globalThis.probe.open("quote-db", path),
      code.startsWith("http") ? code : `plugins/${code}.js`,
    );
  }

  /** Opens a frame and waits until its code has shown something. */
  async openFrame(code: string): Promise<Frame> {
    await this.start(code);
    const element = await this.page.waitForSelector("iframe");
    const frame = await element.contentFrame();
    if (frame === null) throw new Error("The frame has no page");
    // The document has white space of its own.
    await frame.waitForFunction(() => (document.body?.textContent ?? "").trim() !== "");
    return frame;
  }

  /** Waits until the frame was ended; why it was. */
  async stoppedBecause(): Promise<string> {
    await this.page.waitForFunction(() => globalThis.probe.stopped.length > 0);
    assert.is(await this.page.locator("iframe").count(), 0);
    return await this.page.evaluate(() => globalThis.probe.stopped.join());
  }

  /** The requests that got through to the sandbox. */
  async requests(): Promise<readonly string[]> {
    return await this.page.evaluate(() => globalThis.probe.requests);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await this.#elsewhere.shutdown();
  }
}
