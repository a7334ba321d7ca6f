// Serves the built sandbox on this machine alone. `deno task sandbox`; for Deno.

import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { headersFor } from "./headers.ts";

/** The port unless another is chosen. */
const DEFAULT_PORT = 8420;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  // As text it is shown, and a link with a text fragment goes to its place.
  ".md": "text/plain; charset=utf-8",
  ".sql": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

// Every file of the build is called like that; what is not, is not there.
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;

/** Makes the handler that serves a directory, as `Deno.serve` takes it. */
export function serveDirectory(directory: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    const headers = headersFor(pathname);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text(405, "Only GET and HEAD are served here", { ...headers, Allow: "GET, HEAD" });
    }
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    const bytes = await readFile(directory, name);
    if (bytes === null) return text(404, `There is no ${pathname}`, headers);
    const etag = `"${await digest(bytes)}"`;
    if (request.headers.get("If-None-Match") === etag) {
      return new Response(null, { status: 304, headers: { ...headers, ETag: etag } });
    }
    return new Response(request.method === "HEAD" ? null : bytes, {
      headers: {
        ...headers,
        ETag: etag,
        "Content-Length": String(bytes.length),
        "Content-Type": CONTENT_TYPES[extname(name)] ?? "application/octet-stream",
      },
    });
  };
}

/** `null` where there is no such file, or a name that none has. */
async function readFile(
  directory: string,
  name: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!name.split("/").every((segment) => SEGMENT.test(segment))) return null;
  const path = join(directory, name);
  try {
    // What a link points to may lie anywhere.
    if (await Deno.realPath(path) !== join(await Deno.realPath(directory), name)) return null;
    return (await Deno.stat(path)).isFile ? await Deno.readFile(path) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function text(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { ...headers, "Content-Type": "text/plain; charset=utf-8" },
  });
}

/** Serves until it is interrupted; `null` where the arguments are wrong. */
function serve(args: readonly string[]): Deno.HttpServer | null {
  const port = readPort(args);
  if (port === null) {
    console.error(
      "Usage: deno task sandbox [--port N], with N from 0 to 65535; 0 takes a free one",
    );
    return null;
  }
  const directory = fileURLToPath(new URL("../../../dist", import.meta.url));
  try {
    return Deno.serve({
      hostname: "127.0.0.1",
      port,
      onListen: (address) => console.log(`The sandbox is at http://127.0.0.1:${address.port}`),
    }, serveDirectory(directory));
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    console.error(`Port ${port} is taken; choose another with --port N`);
    return null;
  }
}

function readPort(args: readonly string[]): number | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { port: { type: "string" } } });
    const port = Number(values.port ?? DEFAULT_PORT);
    return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : null;
  } catch {
    return null;
  }
}

if (import.meta.main && serve(Deno.args) === null) Deno.exit(2);
