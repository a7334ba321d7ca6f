// The sandbox's page in a tab, used as a person uses it: by roles, labels and words.

import { dirname, join } from "node:path";
import type { Locator, Page } from "playwright-core";
import type { TestBrowser } from "./browser.ts";
import type { Files } from "./workspace.ts";

/** A view of a plugin, by the words on its tab. */
export type ViewName =
  | "Migrations"
  | "Data"
  | "History"
  | "Playground"
  | "Schema"
  | "Messages"
  | "Plugin page";

// What a person would no longer wait for; a test that fails says so soon.
const TIMEOUT_MS = 20_000;

/** One tab with the page in it. */
export class SandboxPage {
  readonly page: Page;

  /** Takes over a tab that has the page in it. */
  constructor(page: Page) {
    this.page = page;
    this.page.setDefaultTimeout(TIMEOUT_MS);
  }

  /** Opens the page of a server, at a plugin where one is named, and waits until that is there. */
  static async open(browser: TestBrowser, url: string, plugin?: string): Promise<SandboxPage> {
    const sandbox = new SandboxPage(
      await browser.open(plugin === undefined ? url : `${url}#/${plugin}`),
    );
    if (plugin !== undefined) await sandbox.untilShown(plugin);
    return sandbox;
  }

  /** Waits until a plugin is shown, with its version known and its files read. */
  async untilShown(plugin: string): Promise<void> {
    await this.page.getByRole("heading", { level: 2, name: plugin, exact: true }).waitFor();
    await this.state(plugin).getByText(/Version \d/).waitFor();
    // The status of an earlier visit is shown until the sandbox has answered.
    await this.state(plugin).getByText("as last seen").waitFor({ state: "detached" });
  }

  /** Goes to a plugin by its link. */
  async choose(plugin: string): Promise<void> {
    await this.page.getByRole("link", { name: plugin }).click();
    await this.untilShown(plugin);
  }

  /** Goes to a view by its tab. */
  async view(name: ViewName): Promise<void> {
    await this.page.getByRole("tab", { name, exact: true }).click();
  }

  /** Goes to a step by its entry in the timeline. */
  async step(version: string): Promise<void> {
    await this.entry(version).click();
    await this.page.getByRole("article").getByRole("heading", { name: version }).waitFor();
  }

  /** What is said of a plugin beside its name. */
  state(plugin: string): Locator {
    return this.page.getByRole("list", { name: `State of ${plugin}` });
  }

  /** An entry of the timeline. */
  entry(version: string): Locator {
    return this.page.getByRole("region", { name: "Timeline" }).getByRole("button", {
      name: version,
    });
  }

  /** The button by a name. */
  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The dialog that is open. */
  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  /** What the last run came to. */
  get result(): Locator {
    return this.page.getByRole("region", { name: "Result" });
  }

  /** Chooses a step and applies to it; waits until that is done. */
  async applyTo(version: string): Promise<void> {
    await this.step(version);
    await this.button("Apply to here").click();
    await this.result.getByText(/^Applied /).waitFor();
  }

  /** Drops files and folders onto the page as a file browser does, by path. Chromium alone. */
  async drop(files: Files): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: [...written(files)], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await session.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
    }
    await session.detach();
  }

  /** Types into an editor, over what stands there, as one piece. */
  async type(editor: string, text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: editor }).focus();
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.insertText(text);
  }

  /** Waits until an editor completes names, which is loaded after it. */
  async untilCompleting(editor: string): Promise<void> {
    await this.page.locator(`[aria-label="${editor}"][aria-autocomplete="list"]`).waitFor();
  }

  /** Runs a statement at the prompt. */
  async runSql(sql: string): Promise<void> {
    await this.type("SQL to run", sql);
    await this.button("Run").click();
  }

  /** Opens the newest message of a verb, and tells its request and its reply as text. */
  async newestMessage(verb: string): Promise<{ readonly request: string; readonly reply: string }> {
    await this.view("Messages");
    const list = this.page.getByRole("list", { name: "Messages, newest first" });
    const entry = list.getByRole("listitem").filter({ hasText: `.${verb}` }).first();
    await entry.locator("summary").click();
    const text = (name: string): Promise<string> =>
      entry.getByRole("region", { name }).locator("pre").innerText();
    const [request, reply] = [await text("Request"), await text("Reply")];
    await entry.locator("summary").click();
    return { request, reply };
  }
}

/** A plugin's files in its folder, as they lie in a deployment. */
export function inFolder(plugin: string, files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([file, content]) => [`${plugin}/migrations/${file}`, content]),
  );
}

/** Writes files, which are removed with the process; the paths of what is on top. */
function written(files: Files): readonly string[] {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-dropped-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    Deno.mkdirSync(dirname(join(directory, path)), { recursive: true });
    Deno.writeFileSync(join(directory, path), bytes);
  }
  return [...Deno.readDirSync(directory)].map(({ name }) => join(directory, name));
}
