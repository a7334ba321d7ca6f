// Plugins on a server: a manifest of checksums, and the files beside it. Runs anywhere.

import {
  type Manifest,
  type ManifestFile,
  type ManifestPlugin,
  parseManifest,
} from "./plugin_manifest.ts";
import { MAX_FILE_BYTES } from "../migration/parse_migration.ts";
import { textChecksum } from "../migration/text_checksum.ts";
import { type Fetch, fetchBounded } from "./fetch_bounded.ts";
import type { PluginFiles, PluginSource } from "./file_source.ts";
import type { SourceFile } from "./source_file.ts";

/** The largest manifest that is read, in bytes. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Options of an HTTP source. */
export interface HttpSourceOptions {
  /** The time for one reply, to its last byte; 30 seconds by default. */
  readonly timeoutMs?: number;
}

/** A source of plugins on a server. */
export interface HttpSource extends PluginSource {
  /** Why there is no manifest, or why an earlier one is in use; `null` if there is no problem. */
  problem(): string | null;
}

/** The manifest in use, or why there is none. */
type Known =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly message: string };

/**
 * Makes a source of `manifest.json` at an absolute URL; files are at
 * `<the manifest's folder>/<plugin>/migrations/<file>`.
 *
 * Each call fetches the manifest; concurrent calls share one request. A file is fetched only if its
 * checksum is not in memory yet. If the server cannot be reached, or replies that it is
 * unavailable, the last manifest stays in use: files in memory are served, the others are
 * `unreadable-file` findings, and `problem()` has the reason. Any other reply without a manifest
 * means that there are no plugins; `problem()` and the message have the reason.
 */
export function httpSource(
  manifestUrl: string,
  fetch: Fetch,
  { timeoutMs = 30_000 }: HttpSourceOptions = {},
): HttpSource {
  const cache = new Map<string, Uint8Array<ArrayBuffer>>();
  let last: Manifest | null = null;
  let problem: string | null = null;
  let refreshing: Promise<Known> | null = null;

  // Concurrent calls share one request.
  function refresh(): Promise<Known> {
    return refreshing ??= fetchManifest().finally(() => refreshing = null);
  }

  async function fetchManifest(): Promise<Known> {
    const limits = { maxBytes: MAX_MANIFEST_BYTES, timeoutMs };
    const fetched = await fetchBounded(manifestUrl, fetch, limits);
    if (fetched.kind === "unreachable" && last !== null) {
      problem = `Cannot reach ${manifestUrl}: ${fetched.reason}; the last manifest stays in use`;
      return { ok: true, manifest: last };
    }
    const read = readManifest(manifestUrl, fetched);
    problem = read.ok ? null : read.message;
    last = read.ok ? read.manifest : null;
    dropOthers(cache, last);
    return read;
  }

  async function readFile(plugin: string, promise: ManifestFile): Promise<SourceFile> {
    const { file, checksum } = promise;
    const cached = cache.get(checksum);
    if (cached !== undefined) return { file, bytes: cached.slice(), promised: checksum };
    const url = new URL(`${plugin}/migrations/${encodeURIComponent(file)}`, manifestUrl).href;
    const fetched = await fetchBounded(url, fetch, { maxBytes: MAX_FILE_BYTES, timeoutMs });
    switch (fetched.kind) {
      case "body":
        if (await textChecksum(fetched.bytes) === checksum) cache.set(checksum, fetched.bytes);
        return { file, bytes: fetched.bytes.slice(), promised: checksum };
      case "too-large":
        return { file, sizeBytes: fetched.sizeBytes };
      case "unreachable":
      case "refused":
        return { file, problem: `${fetched.reason}, at ${url}` };
    }
    fetched satisfies never;
  }

  async function list(plugin: string): Promise<PluginFiles> {
    const known = await refresh();
    if (!known.ok) return { found: false, reason: "unavailable", message: known.message };
    const entry = pluginOf(known.manifest, plugin);
    if (entry === undefined) {
      const message = `There is no plugin "${plugin}" in ${manifestUrl}`;
      return { found: false, reason: "unknown", message };
    }
    return {
      found: true,
      files: entry.files.map((promise) => ({
        file: promise.file,
        read: () => readFile(plugin, promise),
      })),
    };
  }

  return {
    async plugins() {
      const known = await refresh();
      return known.ok ? known.manifest.plugins.map(({ name }) => name).sort() : [];
    },
    list,
    async pageOf(plugin) {
      if (last === null) await refresh();
      const page = last === null ? null : pluginOf(last, plugin)?.page ?? null;
      return page === null ? null : new URL(page, manifestUrl).href;
    },
    problem: () => problem,
  };
}

function readManifest(
  url: string,
  fetched: Awaited<ReturnType<typeof fetchBounded>>,
): Known {
  switch (fetched.kind) {
    case "unreachable":
    case "refused":
      return { ok: false, message: `Cannot load the manifest ${url}: ${fetched.reason}` };
    case "too-large":
      return {
        ok: false,
        message: `The manifest ${url} has more than ${MAX_MANIFEST_BYTES} bytes, the limit`,
      };
    case "body": {
      let value: unknown;
      try {
        value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fetched.bytes));
      } catch {
        return { ok: false, message: `${url} is not a manifest: it is not JSON in UTF-8` };
      }
      const parsed = parseManifest(value);
      return parsed.ok
        ? { ok: true, manifest: parsed.value }
        : { ok: false, message: `${url} is not a manifest: ${parsed.message}` };
    }
  }
  fetched satisfies never;
}

function pluginOf(manifest: Manifest, plugin: string): ManifestPlugin | undefined {
  return manifest.plugins.find(({ name }) => name === plugin);
}

/** Removes files that the manifest does not name. */
function dropOthers(cache: Map<string, unknown>, manifest: Manifest | null): void {
  const named = new Set(
    manifest?.plugins.flatMap(({ files }) => files.map(({ checksum }) => checksum)),
  );
  for (const checksum of cache.keys()) if (!named.has(checksum)) cache.delete(checksum);
}
