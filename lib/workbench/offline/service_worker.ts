// Opens the page without a network: stores each response of the server, and answers with the stored
// one if the server cannot be reached. Runs as a service worker:
// https://www.w3.org/TR/service-workers/

import { isNamedByContent } from "./content_name.ts";

/**
 * The files that the page needs to open, relative to it, with their digests. The build inserts
 * them. A browser installs a service worker whose text has changed, so all stored files belong to
 * one build.
 */
declare const SHELL_FILES: Readonly<Record<string, string>>;

/** The events of a service worker, which TypeScript's DOM library does not declare. */
interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface AskingEvent extends WaitingEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const CACHE = "godwit-sandbox";

globalThis.addEventListener("install", (event) => {
  if (isWaiting(event)) event.waitUntil(cacheShell());
});

globalThis.addEventListener("activate", (event) => {
  if (isWaiting(event)) event.waitUntil(dropOldParts());
});

globalThis.addEventListener("fetch", (event) => {
  if (isAsking(event) && isOurs(event.request)) event.respondWith(answer(event));
});

async function cacheShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(Object.keys(SHELL_FILES));
}

/** Drops the parts of earlier builds. No tab has one of them open when a service worker begins. */
async function dropOldParts(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    const name = pathname.slice(pathname.lastIndexOf("/") + 1);
    if (isNamedByContent(pathname) && !(name in SHELL_FILES)) await cache.delete(request);
  }
}

// The server comes first, so that no tab runs old files if newer ones are available.
async function answer(event: AskingEvent): Promise<Response> {
  const { request } = event;
  if (isNamedByContent(new URL(request.url).pathname)) {
    const found = await cached(request);
    if (found !== undefined) return found;
  }
  try {
    const response = await fetch(request);
    // The response does not wait for the cache.
    if (response.ok && isAsked(request, response)) {
      event.waitUntil(store(request, response.clone()));
    }
    return isAway(response) ? await cached(request) ?? response : response;
  } catch (error) {
    const found = await cached(request);
    if (found !== undefined) return found;
    throw error;
  }
}

// Some servers answer with their start page for what is not there.
function isAsked({ url }: Request, { headers }: Response): boolean {
  return !isNamedByContent(new URL(url).pathname) ||
    headers.get("Content-Type")?.includes("javascript") === true;
}

// The status of a gateway, or of a server that restarts.
function isAway({ status }: Response): boolean {
  return status === 502 || status === 503 || status === 504;
}

async function cached(request: Request): Promise<Response | undefined> {
  const cache = await caches.open(CACHE);
  return await cache.match(request);
}

async function store(request: Request, response: Response): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    const tag = response.headers.get("ETag");
    const kept = tag === null ? undefined : await cache.match(request);
    if (kept !== undefined && kept.headers.get("ETag") === tag) await response.body?.cancel();
    else await cache.put(request, response);
  } catch {
    // The page gets its response even if the storage is full.
  }
}

function isOurs({ method, url }: Request): boolean {
  return method === "GET" && new URL(url).origin === location.origin;
}

function isWaiting(event: Event): event is WaitingEvent {
  return "waitUntil" in event;
}

function isAsking(event: Event): event is AskingEvent {
  return "respondWith" in event;
}
