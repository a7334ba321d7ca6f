// Reads the licence of every package in deno.lock, from the package itself. For Deno.

import * as v from "valibot";
import { isPermissive } from "./permissive.ts";

/** A package of the lock file, and its licence. */
export interface Dependency {
  readonly registry: "npm" | "jsr";
  readonly name: string;
  readonly version: string;
  /** The SPDX expression of its manifest; `null` if there is none, or no manifest. */
  readonly licence: string | null;
  /** The package whose manifest was read instead, because this one is for another platform. */
  readonly readFrom?: string;
}

/**
 * Packages under another licence that are used all the same, each with the licence and the reason.
 * None of them may be in what is published.
 */
export const EXCEPTIONS: ReadonlyMap<string, { readonly licence: string; readonly why: string }> =
  new Map([
    ["axe-core", {
      licence: "MPL-2.0",
      why: "tests of accessibility load it unchanged; it is in no package",
    }],
  ]);

/** The part of deno.lock that is read. */
const LockSchema = v.object({
  npm: v.optional(
    v.record(
      v.string(),
      v.object({
        optionalDependencies: v.optional(v.array(v.string()), []),
        os: v.optional(v.array(v.string())),
      }),
    ),
    {},
  ),
  jsr: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** What a manifest says; old ones say it in an object or in a list of objects. */
const ManifestSchema = v.object({
  license: v.optional(v.union([v.string(), v.object({ type: v.string() })])),
  licenses: v.optional(v.array(v.object({ type: v.string() }))),
});

/** Reads the manifest of a package, `name@version`; `null` if it is not installed. */
export type ReadManifest = (name: string, version: string) => Promise<unknown>;

/**
 * Lists the packages of a lock file with their licences. A binary for another platform is not
 * installed; it has the licence of the package that ships it. JSR packages name no licence in a
 * place that Deno caches, so each of them is listed without one.
 */
export async function dependencyLicences(
  lock: unknown,
  readManifest: ReadManifest,
): Promise<readonly Dependency[]> {
  const { npm, jsr } = v.parse(LockSchema, lock);
  const shippers = new Map(
    Object.entries(npm).flatMap(([shipper, { optionalDependencies }]) =>
      optionalDependencies.map((name) => [name, shipper] as const)
    ),
  );
  const listed: Dependency[] = [];
  for (const [key, { os }] of Object.entries(npm)) {
    const { name, version } = splitKey(key);
    const licence = await licenceOf(key, readManifest);
    const shipper = shippers.get(name) ?? shippers.get(`${name}@${version}`);
    if (licence === null && os !== undefined && shipper !== undefined) {
      const shared = await licenceOf(shipper, readManifest);
      listed.push({ registry: "npm", name, version, licence: shared, readFrom: shipper });
    } else listed.push({ registry: "npm", name, version, licence });
  }
  for (const key of Object.keys(jsr)) {
    listed.push({ registry: "jsr", ...splitKey(key), licence: null });
  }
  return listed;
}

/** Why packages may not be used. An exception that no longer applies is a problem too. */
export function forbidden(
  dependencies: readonly Dependency[],
  exceptions: typeof EXCEPTIONS = EXCEPTIONS,
): readonly string[] {
  const excepted = new Set<string>();
  const problems = dependencies.flatMap(({ name, version, licence }) => {
    const full = `${name} ${version}`;
    if (licence === null) return [`${full} names no licence; read its files, and replace it`];
    if (isPermissive(licence)) return [];
    if (exceptions.get(name)?.licence !== licence) {
      return [`${full} is under ${licence}, which is not permissive; replace it`];
    }
    excepted.add(name);
    return [];
  });
  const stale = [...exceptions.keys()].filter((name) => !excepted.has(name));
  return [...problems, ...stale.map((name) => `The exception for ${name} is needless; remove it`)];
}

async function licenceOf(key: string, readManifest: ReadManifest): Promise<string | null> {
  const { name, version } = splitKey(key);
  const manifest = await readManifest(name, version);
  if (manifest === null) return null;
  const { license, licenses } = v.parse(ManifestSchema, manifest);
  if (typeof license === "string") return license;
  if (license !== undefined) return license.type;
  return licenses?.map(({ type }) => type).join(" OR ") || null;
}

/** `@scope/name@1.2.3_peer@4.5.6` has the name before the second `@` and the version before `_`. */
function splitKey(key: string): { readonly name: string; readonly version: string } {
  const end = key.indexOf("@", 1);
  return { name: key.slice(0, end), version: key.slice(end + 1).split("_")[0] ?? "" };
}
