// A copy of the repository in which documentation runs, on ports and with processes of its own.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COPIED = ["mod.ts", "lib", "examples", "deno.json", "deno.lock", "docs/schemas"];
const NATS_ADDRESS = "127.0.0.1:8080";
const CLIENT_PORT = "4222";
const HTTP_ADDRESS = "127.0.0.1:9090";
// Of the three servers of a cluster: clients, WebSocket, routes.
const CLUSTER_PORTS = ["4223", "4224", "4225", "8081", "8082", "8083", "6222", "6223", "6224"];

// What has not begun by then will not begin.
const READY_TIMEOUT_MS = 20_000;

/** What a shell block left behind; standard output and error in one. */
export interface ShellResult {
  readonly code: number;
  readonly output: string;
}

/** A temporary copy. Dispose of it to end what runs in it and to remove it. */
export class RepositoryCopy implements AsyncDisposable {
  readonly root: string;
  readonly natsUrl: string;
  // Of NATS's WebSocket, of its other clients, and of --http.
  readonly #ports: readonly [string, string, string];
  readonly #clusterPorts: readonly string[];
  readonly #background: { readonly child: Deno.ChildProcess; readonly output: Promise<void> }[] =
    [];

  private constructor(root: string, [first = "", second = "", third = "", ...rest]: string[]) {
    this.root = root;
    this.#ports = [first, second, third];
    this.#clusterPorts = rest;
    this.natsUrl = `ws://127.0.0.1:${first}`;
  }

  /** Makes a copy whose NATS addresses are free ports of this machine. */
  static async make(): Promise<RepositoryCopy> {
    const copy = new RepositoryCopy(
      Deno.makeTempDirSync({ prefix: "godwit-docs-" }),
      freePorts(3 + CLUSTER_PORTS.length),
    );
    const bin = join(copy.root, ".bin");
    Deno.mkdirSync(join(copy.root, "docs"), { recursive: true });
    Deno.mkdirSync(bin);
    for (const each of COPIED) {
      await run("cp", ["-r", join(ROOT, each), join(copy.root, each)]);
    }
    // Where Deno was started by npx there is no "deno" on the PATH.
    Deno.writeTextFileSync(join(bin, "deno"), `#!/bin/sh\nexec '${Deno.execPath()}' "$@"\n`);
    Deno.chmodSync(join(bin, "deno"), 0o755);
    for (const path of filesUnder(copy.root)) copy.#localizeFile(path);
    return copy;
  }

  /** A page's text with this copy's ports in place of the documented ones. */
  localize(text: string): string {
    const [nats = "", client = "", http = ""] = this.#ports;
    const everywhere = new Map([
      [CLIENT_PORT, client],
      ...CLUSTER_PORTS.map((port, index) => [port, this.#clusterPorts[index] ?? port] as const),
    ]);
    const loopback = new Map([...everywhere, ["8080", nats], ["9090", http]]);
    // In one pass: a free port may begin with a documented one.
    return text.replaceAll(
      /(127\.0\.0\.1:|port: |:)(\d{4,5})\b/g,
      (all, lead: string, port: string) => {
        const free = (lead === ":" ? everywhere : loopback).get(port);
        return free === undefined ? all : `${lead}${free}`;
      },
    );
  }

  /** An output as readers would see it. */
  delocalize(text: string): string {
    // A package that Deno fetches for the first time is no part of the output.
    return text.replaceAll(/^Download \S+\n/gm, "")
      .replaceAll(`${this.root}/`, "").replaceAll(this.root, ".")
      .replaceAll(`127.0.0.1:${this.#ports[0]}`, NATS_ADDRESS)
      .replaceAll(`127.0.0.1:${this.#ports[2]}`, HTTP_ADDRESS)
      .replaceAll(`:${this.#ports[1]}`, `:${CLIENT_PORT}`)
      .replaceAll(/:(\d{4,5})\b/g, (all, port: string) => {
        const documented = CLUSTER_PORTS[this.#clusterPorts.indexOf(port)];
        return documented === undefined ? all : `:${documented}`;
      });
  }

  /** Runs a program in the copy. */
  async run(program: string, args: readonly string[]): Promise<ShellResult> {
    const child = this.#command(program, args, "null").spawn();
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    const { code } = await child.status;
    return { code, output: this.#read(`${stdout}${stderr}`) };
  }

  /** Runs a shell block as a user would type it. */
  shell(text: string): Promise<ShellResult> {
    return this.run("bash", ["-euo", "pipefail", "-c", `exec 2>&1\n${this.localize(text)}`]);
  }

  /** Starts a program that goes on, and waits until it says that it is ready. */
  async start(line: string): Promise<void> {
    const child = this.#command("bash", ["-c", `exec ${this.localize(line)} 2>&1`], "null", true)
      .spawn();
    const ready = Promise.withResolvers<void>();
    let said = "";
    const output = (async () => {
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        said += text;
        if (/Serving|Server is ready/.test(said)) ready.resolve();
      }
      ready.reject(new Error(`"${line}" ended: ${said}`));
    })();
    ready.promise.catch(() => {});
    this.#background.push({ child, output });
    const timer = setTimeout(
      () => ready.reject(new Error(`"${line}" is not ready: ${said}`)),
      READY_TIMEOUT_MS,
    );
    try {
      await ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends every program that was started, the newest first. */
  async stopAll(): Promise<void> {
    for (const { child, output } of this.#background.splice(0).reverse()) {
      try {
        // The whole group: a task is a process with a child.
        Deno.kill(-child.pid, "SIGTERM");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      await child.status;
      await child.stderr.cancel();
      await output;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopAll();
    Deno.removeSync(this.root, { recursive: true });
  }

  #command(
    program: string,
    args: readonly string[],
    stdin: "null",
    detached = false,
  ): Deno.Command {
    const kept = ["HOME", "DENO_DIR", "TMPDIR", "LANG"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    return new Deno.Command(program, {
      args: [...args],
      cwd: this.root,
      clearEnv: true,
      env: {
        ...Object.fromEntries(kept),
        PATH: `${join(this.root, ".bin")}:${Deno.env.get("PATH") ?? ""}`,
        NO_COLOR: "1",
      },
      stdin,
      stdout: "piped",
      stderr: "piped",
      detached,
    });
  }

  // "deno task" tells which command it runs; readers want to see what the command says.
  #read(output: string): string {
    const lines = output.split("\n").filter((line) => !line.startsWith("Task "));
    return this.delocalize(lines.join("\n")).trimEnd();
  }

  #localizeFile(path: string): void {
    const text = Deno.readTextFileSync(path);
    const local = this.localize(text);
    if (local !== text) Deno.writeTextFileSync(path, local);
  }
}

function* filesUnder(directory: string): Generator<string> {
  for (const entry of Deno.readDirSync(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) yield* filesUnder(path);
    else if (/\.(ts|conf|sql|py)$/.test(entry.name)) yield path;
  }
}

// All are held until all are known, so that they differ.
function freePorts(count: number): string[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => addr.transport === "tcp" ? String(addr.port) : "0");
  for (const listener of listeners) listener.close();
  return ports;
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}
