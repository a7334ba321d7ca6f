// A real web server of plugins, whose answers a test decides.

/** What a path is answered with. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** Answers by path; what has none is not found. */
export class PluginServer implements AsyncDisposable {
  readonly answers = new Map<string, Answer>();
  /** The paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly url: string;
  #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = this.#start(0);
    this.url = `http://127.0.0.1:${this.#server.addr.port}/plugins/manifest.json`;
  }

  /** Publishes a text. */
  put(path: string, text: string): void {
    this.answers.set(path, () => new Response(text));
  }

  /** Publishes the manifest. */
  putManifest(manifest: unknown): void {
    this.put("/plugins/manifest.json", JSON.stringify(manifest));
  }

  /** Takes the server away. */
  stop(): Promise<void> {
    return this.#server.shutdown();
  }

  /** Brings it back, at the same address. */
  restart(): void {
    this.#server = this.#start(this.#server.addr.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #start(port: number): Deno.HttpServer<Deno.NetAddr> {
    return Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => {
      const { pathname } = new URL(request.url);
      this.asked.push(pathname);
      return this.answers.get(pathname)?.(request) ?? new Response("nothing", { status: 404 });
    });
  }
}
