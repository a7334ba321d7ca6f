// A real browser with a profile of its own, for one test. It remembers everything that went wrong.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, firefox, type Page } from "playwright-core";
import { until } from "./service_process.ts";

/** Starts a browser in a directory that holds its profile. */
type Launch = (profile: string) => Promise<BrowserContext>;

/** A browser; its pages are tabs that share storage. Disposing of it ends it and its profile. */
export class TestBrowser implements AsyncDisposable {
  /** Errors that nobody caught, errors in the console, violations of the policy, crashes. */
  readonly problems: string[] = [];
  readonly #launch: Launch;
  readonly #profile: string;
  #context: BrowserContext;

  private constructor(launch: Launch, profile: string, context: BrowserContext) {
    this.#launch = launch;
    this.#profile = profile;
    this.#context = context;
  }

  /** Starts a browser with a new profile. */
  static async start(launch: Launch): Promise<TestBrowser> {
    // A throw-away profile would keep OPFS in memory, at twenty times the cost of a call.
    const profile = Deno.makeTempDirSync({ prefix: "godwit-browser-" });
    const browser = new TestBrowser(launch, profile, await launch(profile));
    await browser.#watch();
    return browser;
  }

  /** What Playwright can do with it. */
  get context(): BrowserContext {
    return this.#context;
  }

  /** Opens a tab. */
  async open(url: string): Promise<Page> {
    const page = await this.#context.newPage();
    await page.goto(url);
    return page;
  }

  /** Closes every tab but those that stay, and the empty one that a browser begins with. */
  async closeAllBut(...staying: readonly Page[]): Promise<void> {
    for (const page of this.#context.pages().slice(1)) {
      if (!staying.includes(page)) await page.close();
    }
  }

  /** Fails where anything went wrong so far that no pattern allows, and forgets it. */
  assertQuiet(...allowed: readonly RegExp[]): void {
    const problems = this.problems.splice(0).filter((each) =>
      !allowed.some((pattern) => pattern.test(each))
    );
    if (problems.length > 0) throw new Error(`The browser reports:\n${problems.join("\n")}`);
  }

  /** Cuts the browser off the network, or connects it again; open WebSockets are cut by neither. */
  async setOffline(isOffline: boolean): Promise<void> {
    await this.#context.setOffline(isOffline);
  }

  /** Ends a tab's process at once, with every worker in it, as a crash does. Chromium alone. */
  async crash(page: Page): Promise<void> {
    const session = await this.#context.newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    // There is no reply from a process that is gone.
    session.send("Page.crash").catch(() => {});
    await crashed;
    // It stays open with nothing in it; closing is all that can be done with it.
    await page.close();
  }

  /**
   * Ends the browser's processes at once, as a power cut does, and starts it on the same profile.
   */
  async killAndRestart(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#context.once("close", () => resolve()));
    for (const pid of processesWith(this.#profile)) kill(pid);
    await closed;
    await this.#restart();
  }

  /** Closes the browser as its user does, and starts it on the same profile. */
  async restart(): Promise<void> {
    await this.#context.close();
    await this.#restart();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    await until("the browser's last process leaves its profile", () => isRemoved(this.#profile));
  }

  async #restart(): Promise<void> {
    this.#context = await this.#launch(this.#profile);
    await this.#watch();
  }

  async #watch(): Promise<void> {
    const context = this.#context;
    context.on("weberror", (problem) => this.problems.push(`error: ${problem.error().message}`));
    context.on("console", (message) => {
      if (message.type() !== "error") return;
      this.problems.push(`console: ${message.text()} (${message.location().url})`);
    });
    await context.addInitScript(reportViolations);
  }
}

/** How Chromium is started. */
export interface ChromiumOptions {
  /** Whether pages get the service workers that they register; they do by default. */
  readonly hasServiceWorkers?: boolean;
  /** Whether a page that is left may come back as it was; by default it may not. */
  readonly hasBackForwardCache?: boolean;
}

/** Debian's Chromium without the windows around it, which take as long to start as the engine. */
export const CHROMIUM = "/usr/bin/chromium-headless-shell";

/**
 * Starts Chromium, as root and in a container too. Each site has a process of its own, as it has with
 * windows.
 */
export function openChromium(
  { hasServiceWorkers = true, hasBackForwardCache = false }: ChromiumOptions = {},
): Promise<TestBrowser> {
  return TestBrowser.start((profile) =>
    chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      serviceWorkers: hasServiceWorkers ? "allow" : "block",
      ignoreDefaultArgs: hasBackForwardCache ? ["--disable-back-forward-cache"] : [],
      // Without a graphics card, drawing by software for one costs more than drawing plainly. Every
      // page compiles SQLite anew, and none lives long enough to gain from compiling it better.
      args: [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--site-per-process",
        "--js-flags=--liftoff-only",
      ],
    })
  );
}

/**
 * Starts Debian's Firefox ESR over WebDriver BiDi; Playwright's own protocol needs a Firefox that
 * Playwright has patched.
 */
export function openFirefox(): Promise<TestBrowser> {
  return TestBrowser.start((profile) =>
    firefox.launchPersistentContext(profile, {
      channel: "moz-firefox",
      executablePath: firefoxProgram(profile),
      headless: true,
    })
  );
}

/** A program that Playwright can start in Firefox's place. */
function firefoxProgram(profile: string): string {
  const path = join(profile, "firefox");
  const proxy = fileURLToPath(new URL("firefox_proxy.ts", import.meta.url));
  Deno.writeTextFileSync(
    path,
    `#!/bin/sh\nexec '${Deno.execPath()}' run --quiet --no-prompt --no-check -A '${proxy}' "$@"\n`,
    { mode: 0o755 },
  );
  return path;
}

/** Runs in the page: the console does not tell everything that a policy forbade. */
function reportViolations(): void {
  document.addEventListener("securitypolicyviolation", (violation) => {
    const { effectiveDirective, blockedURI, sample } = violation;
    console.error(`Policy violation: ${effectiveDirective} ${blockedURI} ${sample}`);
  });
}

// A child of the browser may write for a moment after it has ended.
function isRemoved(directory: string): boolean {
  try {
    Deno.removeSync(directory, { recursive: true });
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
  return true;
}

/** The processes that were started with a directory; no other names it. */
function processesWith(directory: string): readonly number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return Deno.readTextFileSync(`/proc/${name}/cmdline`).includes(directory)
        ? [Number(name)]
        : [];
    } catch {
      // It ended in the meantime.
      return [];
    }
  });
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    // A child ends with its parent.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
