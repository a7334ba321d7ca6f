// The built sandbox on a free loopback port, for tests in a browser.

import type { RequestListener, ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildModule, buildSandbox } from "../../lib/bundle/build_sandbox.ts";
import { listen, type LocalServer } from "../../lib/workbench/server/serve.ts";
import { serveDirectory } from "../../lib/workbench/server/serve_directory.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

/** What a server has beside the build. */
export interface SandboxServerOptions {
  /** Files of the test's own by path, such as `probe.html`; they hide those of the build. */
  readonly files?: Readonly<Record<string, string>>;
  /** A module in TypeScript, bundled to `<its name>.js`, for a page of the test's own. */
  readonly module?: URL;
  /** Whether pages are isolated, so that their threads share memory; they are by default. */
  readonly isIsolated?: boolean;
}

/** Names the directory of a build that serves every process of a run. */
export const SHARED_BUILD = "GODWIT_TEST_SANDBOX";

let building: Promise<string> | null = null;

/** A server with the headers of the real one. Disposing of it ends it. */
export class SandboxServer implements AsyncDisposable {
  /** What it was asked for, in order: methods and paths with their queries. */
  readonly requests: string[] = [];
  /** The path that is not answered: the connection ends. `null` answers everything. */
  unanswered: string | null = null;
  readonly #respond: RequestListener;
  readonly #ownFiles: string;
  #server: LocalServer | null = null;
  #port = 0;

  private constructor(directory: string, ownFiles: string, isIsolated: boolean) {
    const serveBuild = serveDirectory(directory);
    const serveOwn = serveDirectory(ownFiles);
    this.#ownFiles = ownFiles;
    this.#respond = (request, response) => {
      this.requests.push(`${request.method} ${request.url}`);
      if (request.url === this.unanswered) return void request.socket.destroy();
      if (!isIsolated) dropHeader(response, "Cross-Origin-Embedder-Policy");
      serveOwn(request, response, () => serveBuild(request, response));
    };
  }

  /** Builds the sandbox, once in a process or in a run of all tests, and serves it. */
  static async start(
    { files = {}, module, isIsolated = true }: SandboxServerOptions = {},
  ): Promise<SandboxServer> {
    building ??= buildOnce();
    const directory = await building;
    const ownFiles = Deno.makeTempDirSync({ prefix: "godwit-sandbox-files-" });
    // Browsers ask for an icon where a page names none, and complain that there is none.
    for (const [path, text] of Object.entries({ "favicon.ico": "", ...files })) {
      Deno.mkdirSync(dirname(join(ownFiles, path)), { recursive: true });
      Deno.writeTextFileSync(join(ownFiles, path), text);
    }
    if (module !== undefined) await buildModule(fileURLToPath(module), ownFiles);
    const server = new SandboxServer(directory, ownFiles, isIsolated);
    await server.restart();
    return server;
  }

  /** The address of the page; every path of the build lies under it. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Goes away, as a server does that is stopped. */
  async stop(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = null;
  }

  /** Comes back at the same address. */
  async restart(): Promise<void> {
    this.#server = await listen(this.#respond, this.#port);
    this.#port = this.#server.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    Deno.removeSync(this.#ownFiles, { recursive: true });
  }
}

/** Builds the sandbox into a directory. */
export async function buildTestSandbox(directory: string): Promise<void> {
  await buildSandbox({
    directory,
    pluginsDir: join(EXAMPLES, "plugins"),
    pages: [join(EXAMPLES, "sandbox", "example.html")],
  });
}

/** The directory of the build; one of this process is removed with it. */
async function buildOnce(): Promise<string> {
  const shared = Deno.env.get(SHARED_BUILD);
  if (shared !== undefined) return shared;
  const directory = Deno.makeTempDirSync({ prefix: "godwit-sandbox-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  await buildTestSandbox(directory);
  return directory;
}

function dropHeader(response: ServerResponse, dropped: string): void {
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (name, value) => name === dropped ? response : setHeader(name, value);
}
