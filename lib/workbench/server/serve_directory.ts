// Serves the files of a build with the sandbox's headers. For Deno.

import { readdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import sirv from "sirv";
import { headersFor } from "./headers.ts";

/** Answers a request, or passes it on to `next`; without `next` it answers 404. */
export type FileHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: () => void,
) => void;

// Browsers show text/plain, and a link with a text fragment goes to its position there.
const SHOWN_AS_TEXT: readonly string[] = [".md", ".sql"];

// Every file of a build has such a path. Hidden files and encoded characters have none.
const PATH = /^\/$|^(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/;

/** Makes the handler of a directory. Throws if it holds a link, which could lead out of it. */
export function serveDirectory(directory: string): FileHandler {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link !== undefined) throw new Error(`Cannot serve ${directory}: ${link.name} is a link`);
  const serveFile = sirv(directory, {
    // Reads the disk at each request, so that a build shows without a restart.
    dev: true,
    etag: true,
    // The build writes a compressed copy of each file beside it.
    gzip: true,
    setHeaders(response, pathname) {
      if (!SHOWN_AS_TEXT.includes(extname(pathname))) return;
      response.setHeader("Content-Type", "text/plain; charset=utf-8");
    },
  });
  return (request, response, next) => {
    const [pathname = "/"] = (request.url ?? "/").split("?");
    for (const [name, value] of Object.entries(headersFor(pathname))) {
      response.setHeader(name, value);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return refuse(response, 405, "Only GET and HEAD are served here");
    }
    const notFound = next ?? (() => refuse(response, 404, `There is no ${pathname}`));
    if (PATH.test(pathname)) serveFile(request, response, notFound);
    else notFound();
  };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, {
    "Cache-Control": "no-cache",
    "Content-Type": "text/plain; charset=utf-8",
  });
  response.end(`${message}\n`);
}
