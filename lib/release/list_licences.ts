// Prints the licence of every dependency, and fails if one is not permissive. For Deno.
// deno task licences

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { left, tableLines } from "../cli/render/text_table.ts";
import { counted } from "../finding/counted.ts";
import {
  dependencyLicences,
  EXCEPTIONS,
  forbidden,
  type ReadManifest,
} from "./dependency_licences.ts";

const LOCK = fileURLToPath(new URL("../../deno.lock", import.meta.url));

/** Reads manifests in Deno's cache, which has a folder for each registry. */
export async function cachedManifests(): Promise<ReadManifest> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const info: unknown = JSON.parse(new TextDecoder().decode(stdout));
  const { npmCache } = v.parse(v.object({ npmCache: v.string() }), info);
  const registries = await Array.fromAsync(Deno.readDir(npmCache));
  return async (name, version) => {
    for (const registry of registries) {
      const path = join(npmCache, registry.name, name, version, "package.json");
      const text = await Deno.readTextFile(path).catch((error: unknown) => {
        if (error instanceof Deno.errors.NotFound) return null;
        if (error instanceof Deno.errors.NotADirectory) return null;
        throw error;
      });
      if (text !== null) return JSON.parse(text);
    }
    return null;
  };
}

if (import.meta.main) {
  const lock: unknown = JSON.parse(await Deno.readTextFile(LOCK));
  const dependencies = await dependencyLicences(lock, await cachedManifests());
  const rows = dependencies.map(({ registry, name, version, licence, readFrom }) => [
    registry,
    name,
    version,
    licence ?? "none",
    EXCEPTIONS.get(name)?.why ?? (readFrom === undefined ? "" : `another platform; as ${readFrom}`),
  ]);
  const columns = [left("from"), left("package"), left("version"), left("licence"), left("")];
  console.log(tableLines(columns, rows).join("\n"));
  const problems = forbidden(dependencies);
  for (const problem of problems) console.error(`✗ ${problem}`);
  if (problems.length > 0) Deno.exit(1);
  const others = counted(EXCEPTIONS.size, "exception");
  console.log(`✓ ${counted(dependencies.length, "package")}, permissive but for ${others}`);
}
