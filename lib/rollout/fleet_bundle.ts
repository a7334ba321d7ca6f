// Fetches the bundle of a rollout and verifies it, before any of its SQL is read.

import { type FleetStore, FleetStoreError } from "../fleet/fleet_store.ts";
import type { RolloutRecord } from "../fleet/rollout_record.ts";
import { parseFileName } from "../migration/file_name.ts";
import { sha256Hex } from "../migration/sha256_hex.ts";
import type { Outcome } from "../outcome.ts";
import { readBundleBytes } from "../source/bundle_bytes.ts";
import { type BundleTrust, whyNotTrusted } from "../source/bundle_signature.ts";
import { bundleSource } from "../source/bundle_source.ts";
import { migrationSource } from "../source/file_source.ts";
import type { MigrationSource } from "../source/migration_source.ts";
import type { Bundle } from "../source/plugin_manifest.ts";

/** Why a node does not take a bundle. */
export type BundleCode = "no-bundle" | "bad-bundle" | "not-trusted" | "no-version";

/**
 * Fetches a rollout's bundle. It must have the digest that the record names, be of the plugin, be
 * signed by a trusted publisher, and have the version that the rollout leads to. Throws
 * `FleetStoreError` where the store cannot be reached.
 */
export async function fetchBundle(
  rollout: RolloutRecord,
  store: FleetStore,
  trust: BundleTrust,
): Promise<Outcome<MigrationSource, BundleCode>> {
  const { bundle: digest, plugin, target_version: target } = rollout;
  const bytes = await store.bundle(digest);
  if (bytes === null) return refused("no-bundle", `There is no bundle ${digest} in the store`);
  if (await sha256Hex(new Uint8Array(bytes)) !== digest) {
    return refused("bad-bundle", `The bundle ${digest} was changed: it has another digest`);
  }
  const read = readBundleBytes(bytes);
  if (!read.ok) return read;
  const problem = whyUnfit(read.value, plugin, target);
  if (problem !== null) return problem;
  const untrusted = whyNotTrusted(read.value, trust);
  if (untrusted !== null) return refused("not-trusted", untrusted);
  const imported = { ok: true, url: digest, bundle: read.value } as const;
  return { ok: true, value: migrationSource(bundleSource([imported])) };
}

/** The versions of a bundle, in ascending order. */
export function versionsOf({ files }: Bundle): readonly number[] {
  return files.flatMap(({ file }) => parseFileName(file)?.version ?? []).sort((one, other) =>
    one - other
  );
}

function whyUnfit(
  bundle: Bundle,
  plugin: string,
  target: number,
): Extract<Outcome<MigrationSource, BundleCode>, { ok: false }> | null {
  if (bundle.name !== plugin) {
    return refused("bad-bundle", `The bundle is of "${bundle.name}" and not of "${plugin}"`);
  }
  return versionsOf(bundle).includes(target)
    ? null
    : refused("no-version", `The bundle of "${plugin}" has no migration ${target}`);
}

function refused(
  code: BundleCode,
  message: string,
): Extract<Outcome<MigrationSource, BundleCode>, { ok: false }> {
  return { ok: false, code, message };
}

/** Returns whether trying again may help. */
export function isPassing(error: unknown): error is FleetStoreError {
  return error instanceof FleetStoreError && error.code !== "forbidden";
}
