// Lets the page be opened without a network: what the server last gave is kept, and given where the server
// cannot be reached. Runs as a service worker: https://www.w3.org/TR/service-workers/

/**
 * The files that the page cannot be opened without, relative to it, and what is in them; the build puts
 * them in. A browser installs a service worker whose text has changed, so that all of them are of one build.
 */
declare const SHELL_FILES: Readonly<Record<string, string>>;

/** The events of a service worker, which TypeScript's library for pages does not know. */
interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface AskingEvent extends WaitingEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const CACHE = "godwit-sandbox";

globalThis.addEventListener("install", (event) => {
  if (isWaiting(event)) event.waitUntil(keepShell());
});

globalThis.addEventListener("fetch", (event) => {
  if (isAsking(event) && isOurs(event.request)) event.respondWith(answer(event));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(Object.keys(SHELL_FILES));
}

// The server comes first, so that no tab runs old files while there are newer ones.
async function answer(event: AskingEvent): Promise<Response> {
  const { request } = event;
  try {
    const response = await fetch(request);
    // Whoever asked need not wait for that.
    if (response.ok) event.waitUntil(keep(request, response.clone()));
    return isAway(response) ? await kept(request) ?? response : response;
  } catch (error) {
    const found = await kept(request);
    if (found !== undefined) return found;
    throw error;
  }
}

// What answers is a gateway, or a server that is being restarted.
function isAway({ status }: Response): boolean {
  return status === 502 || status === 503 || status === 504;
}

async function kept(request: Request): Promise<Response | undefined> {
  const cache = await caches.open(CACHE);
  return await cache.match(request);
}

async function keep(request: Request, response: Response): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    await cache.put(request, response);
  } catch {
    // Full storage is no reason to give the page nothing.
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
