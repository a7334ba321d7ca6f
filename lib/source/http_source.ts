// Plugins on a server: a manifest that promises checksums, and the files beside it. Runs anywhere.

import {
  type Manifest,
  type ManifestFile,
  type ManifestPlugin,
  parseManifest,
} from "./plugin_manifest.ts";
import { MAX_FILE_BYTES } from "../migration/parse_migration.ts";
import { textChecksum } from "../migration/text_checksum.ts";
import type { SourceFile } from "./collect_migrations.ts";
import { type Fetch, fetchBounded } from "./fetch_bounded.ts";
import type { PluginFiles, PluginSource } from "./file_source.ts";

/** The largest manifest that is read, in bytes. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** How many files are fetched at the same time. */
const CONCURRENCY = 6;

/** What there is to set. */
export interface HttpSourceOptions {
  /** How long one answer may take, to its last byte; 30 seconds unless set. */
  readonly timeoutMs?: number;
}

/** A source of plugins on a server. */
export interface HttpSource extends PluginSource {
  /** Why there is no manifest, or why the one in force is an earlier one; `null` where all is well. */
  problem(): string | null;
}

/** The manifest that is in force, or why there is none. */
type Known =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly message: string };

/**
 * Makes a source of `manifest.json` at an absolute URL; files are at
 * `<the manifest's folder>/<plugin>/migrations/<file>`.
 *
 * The server is asked for the manifest each time, once for all who ask at the same time, and for a
 * file only where its checksum is not in memory yet. A server that cannot be reached, or that says to
 * try later, changes nothing: the last manifest stays in force, the files in memory are served, the
 * others are `unreadable-file` findings, and `problem()` says so. An answer counts, whatever it is: without a manifest there are
 * no plugins, and `problem()` and the message say why.
 */
export function httpSource(
  manifestUrl: string,
  fetch: Fetch,
  { timeoutMs = 30_000 }: HttpSourceOptions = {},
): HttpSource {
  const cache = new Map<string, Uint8Array>();
  let last: Manifest | null = null;
  let problem: string | null = null;
  let refreshing: Promise<Known> | null = null;

  // Whoever asks while an answer is on its way gets that one.
  function refresh(): Promise<Known> {
    return refreshing ??= fetchManifest().finally(() => refreshing = null);
  }

  async function fetchManifest(): Promise<Known> {
    const limits = { maxBytes: MAX_MANIFEST_BYTES, timeoutMs };
    const fetched = await fetchBounded(manifestUrl, fetch, limits);
    if (fetched.kind === "unreachable" && last !== null) {
      problem = `Cannot reach ${manifestUrl}: ${fetched.reason}; the plugins are as they were`;
      return { ok: true, manifest: last };
    }
    const read = readManifest(manifestUrl, fetched);
    problem = read.ok ? null : read.message;
    last = read.ok ? read.manifest : null;
    forgetOthers(cache, last);
    return read;
  }

  async function readFile(plugin: string, promise: ManifestFile): Promise<SourceFile> {
    const { file, checksum } = promise;
    const cached = cache.get(checksum);
    if (cached !== undefined) return { file, bytes: cached, promised: checksum };
    const url = new URL(`${plugin}/migrations/${encodeURIComponent(file)}`, manifestUrl).href;
    const fetched = await fetchBounded(url, fetch, { maxBytes: MAX_FILE_BYTES, timeoutMs });
    switch (fetched.kind) {
      case "body":
        if (await textChecksum(fetched.bytes) === checksum) cache.set(checksum, fetched.bytes);
        return { file, bytes: fetched.bytes, promised: checksum };
      case "too-large":
        return { file, sizeBytes: fetched.sizeBytes };
      case "unreachable":
      case "refused":
        return { file, problem: `${fetched.reason}, at ${url}` };
    }
    fetched satisfies never;
  }

  async function read(plugin: string): Promise<PluginFiles> {
    const known = await refresh();
    if (!known.ok) return { found: false, message: known.message };
    const entry = pluginOf(known.manifest, plugin);
    if (entry === undefined) {
      return { found: false, message: `There is no plugin "${plugin}" in ${manifestUrl}` };
    }
    return { found: true, files: await mapBounded(entry.files, (file) => readFile(plugin, file)) };
  }

  return {
    async plugins() {
      const known = await refresh();
      return known.ok ? known.manifest.plugins.map(({ name }) => name).sort() : [];
    },
    read,
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
        message: `The manifest ${url} has more than ${MAX_MANIFEST_BYTES} bytes, which is the most`,
      };
    case "body": {
      let value: unknown;
      try {
        value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fetched.bytes));
      } catch {
        return { ok: false, message: `${url} is no manifest: it is not JSON in UTF-8` };
      }
      const parsed = parseManifest(value);
      return parsed.ok
        ? { ok: true, manifest: parsed.value }
        : { ok: false, message: `${url} is no manifest: ${parsed.message}` };
    }
  }
  fetched satisfies never;
}

function pluginOf(manifest: Manifest, plugin: string): ManifestPlugin | undefined {
  return manifest.plugins.find(({ name }) => name === plugin);
}

/** Memory holds what the manifest names and nothing else. */
function forgetOthers(cache: Map<string, Uint8Array>, manifest: Manifest | null): void {
  const named = new Set(
    manifest?.plugins.flatMap(({ files }) => files.map(({ checksum }) => checksum)),
  );
  for (const checksum of cache.keys()) if (!named.has(checksum)) cache.delete(checksum);
}

/** Maps in order, a few at a time. */
async function mapBounded<From, To>(
  values: readonly From[],
  map: (value: From) => Promise<To>,
): Promise<readonly To[]> {
  const results: To[] = [];
  const waiting = values.entries();
  const work = async (): Promise<void> => {
    for (const [index, value] of waiting) results[index] = await map(value);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return results;
}
