// A tab with the sandbox open in it and no page around it: the `Sandbox` interface, called from a
// test.

import type { JSHandle, Page } from "playwright-core";
import type {
  NatsState,
  Sandbox,
  SandboxEvent,
  SandboxState,
  TabRole,
} from "../../lib/browser/sandbox.ts";
import type { Verb } from "../../lib/message/verbs.ts";
import type { Reply } from "../../lib/message/any_reply.ts";
import type { TestBrowser } from "./browser.ts";
import type { Files } from "./workspace.ts";

/** An empty page, for `SandboxServer.start({ files: BLANK_PAGE })`. */
export const BLANK_PAGE: Readonly<Record<string, string>> = {
  "blank.html": "<!doctype html><title>godwit</title>",
};

/** How pages are waited for: by default Playwright looks at each frame, and has each one drawn. */
export const POLLING = { polling: 50 } as const;

/** What is in the page. */
export interface OpenedSandbox {
  readonly sandbox: Sandbox;
  /** Every event since it was opened. */
  readonly events: readonly SandboxEvent[];
}

/** One tab. */
export class SandboxTab {
  readonly page: Page;
  /**
   * What is in the page; `handle.evaluate(({ sandbox }, argument) => ..., argument)` runs there.
   */
  handle: JSHandle<OpenedSandbox>;

  readonly #worker: string;

  private constructor(page: Page, handle: JSHandle<OpenedSandbox>, worker: string) {
    this.page = page;
    this.handle = handle;
    this.#worker = worker;
  }

  /** Opens a tab on the server at `url`, and the sandbox in it. */
  static async open(
    browser: TestBrowser,
    url: string,
    worker: string = "sandbox_worker.js",
  ): Promise<SandboxTab> {
    const page = await browser.open(new URL("blank.html", url).href);
    return new SandboxTab(page, await openIn(page, worker), worker);
  }

  /** Loads the page again, and opens the sandbox again. */
  async reload(): Promise<void> {
    await this.page.reload();
    this.handle = await openIn(this.page, this.#worker);
  }

  /** Keeps files as a plugin's, and fails the test where that fails. */
  async save(plugin: string, files: Files): Promise<void> {
    const texts = Object.entries(files).map(([file, content]) => ({
      file,
      bytes: [...typeof content === "string" ? new TextEncoder().encode(content) : content],
    }));
    const outcome = await this.handle.evaluate(
      ({ sandbox }, { plugin, texts }) =>
        sandbox.saveFiles(
          plugin,
          texts.map(({ file, bytes }) => ({ file, bytes: new Uint8Array(bytes) })),
        ),
      { plugin, texts },
    );
    if (!outcome.ok) throw new Error(outcome.message);
  }

  /** Sends one request of the wire contract. */
  ask(verb: Verb, plugin: string, body: unknown = {}): Promise<Reply> {
    return this.handle.evaluate(
      ({ sandbox }, { verb, plugin, payload }) => sandbox.request(verb, plugin, payload),
      { verb, plugin, payload: JSON.stringify(body) },
    );
  }

  /** The state as the page was last told. */
  state(): Promise<SandboxState | null> {
    return this.handle.evaluate(({ events }) => {
      const last = events.findLast(({ kind }) => kind === "state");
      return last?.kind === "state" ? last.state : null;
    });
  }

  /** Waits until the tab has a role. */
  async untilRole(role: TabRole): Promise<void> {
    await this.page.waitForFunction(
      ([{ events }, role]) => {
        const last = events.findLast(({ kind }) => kind === "state");
        return last?.kind === "state" && last.state.role === role;
      },
      [this.handle, role] as const,
      POLLING,
    );
  }

  /** Waits until it stands with NATS as `kind` says, and tells how exactly. */
  async untilNats(kind: NatsState["kind"]): Promise<NatsState> {
    await this.page.waitForFunction(
      ([{ events }, kind]) => {
        const last = events.findLast(({ kind }) => kind === "state");
        return last?.kind === "state" && last.state.nats.kind === kind;
      },
      [this.handle, kind] as const,
      POLLING,
    );
    const state = await this.state();
    if (state === null) throw new Error("There is no state");
    return state.nats;
  }
}

async function openIn(page: Page, worker: string): Promise<JSHandle<OpenedSandbox>> {
  return await page.evaluateHandle(async (workerUrl) => {
    const { openSandbox } = await import(new URL("client.js", location.href).href);
    const sandbox: Sandbox = await openSandbox({ workerUrl });
    const events: SandboxEvent[] = [];
    await sandbox.subscribe((event) => events.push(event));
    return { sandbox, events };
  }, worker);
}
