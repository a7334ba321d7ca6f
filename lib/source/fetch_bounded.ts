// Fetches a body of limited size within a limited time. Runs anywhere.

import { reasonOf } from "../outcome.ts";

/** `fetch()`, or a substitute in a test. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Limits of one request. */
export interface FetchLimits {
  readonly maxBytes: number;
  /** The time until the last byte has arrived. */
  readonly timeoutMs: number;
}

/** A body, or the reason why there is none. */
export type Fetched =
  | { readonly kind: "body"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** No network, no server, no reply in time, or a reply that the server is unavailable. */
  | { readonly kind: "unreachable"; readonly reason: string }
  /** The server replied without the file. */
  | { readonly kind: "refused"; readonly reason: string }
  /** More than `maxBytes`; reading stopped there, so `sizeBytes` is a lower bound. */
  | { readonly kind: "too-large"; readonly sizeBytes: number };

// Replies of gateways, and of servers that are overloaded or restarting.
const TRY_LATER: readonly number[] = [408, 429, 500, 502, 503, 504];

/** Fetches a URL; a cached body is revalidated with the server. */
export async function fetchBounded(
  url: string,
  fetch: Fetch,
  { maxBytes, timeoutMs }: FetchLimits,
): Promise<Fetched> {
  const aborter = new AbortController();
  const timeout = setTimeout(() => aborter.abort(), timeoutMs);
  try {
    const response = await fetch(url, { cache: "no-cache", signal: aborter.signal });
    if (!response.ok) {
      await response.body?.cancel();
      const reason = `the server answered ${`${response.status} ${response.statusText}`.trim()}`;
      return { kind: TRY_LATER.includes(response.status) ? "unreachable" : "refused", reason };
    }
    return await readBody(response, maxBytes);
  } catch (error) {
    const reason = aborter.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
    return { kind: "unreachable", reason };
  } finally {
    clearTimeout(timeout);
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Fetched> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  if (response.body === null) return { kind: "body", bytes: new Uint8Array() };
  // Not every browser iterates a stream.
  const reader = response.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    sizeBytes += read.value.length;
    if (sizeBytes > maxBytes) {
      await reader.cancel();
      return { kind: "too-large", sizeBytes };
    }
    chunks.push(read.value);
  }
  const bytes = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return { kind: "body", bytes };
}
