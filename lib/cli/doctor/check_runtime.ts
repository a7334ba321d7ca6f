// Looks at Deno, at both builds of SQLite, and at the permissions. For Deno.

import { isAtLeast, parseSqliteVersion } from "../../migration/sqlite_version.ts";
import { loadSqlite } from "../../sqlite/load_sqlite.ts";
import { sqliteModule } from "../../sqlite/wasm_module.js";
import { nativeSqlite } from "../../vfs/native_sqlite.ts";
import type { CommonOptions } from "../command.ts";
import { type Diagnosis, fine, problem, warning } from "./diagnosis.ts";

/** Source phase imports and the options of `node:sqlite` came with it. */
export const OLDEST_DENO = "2.9.0";

/** Whether this Deno runs godwit. */
export function checkDeno(version: string): Diagnosis {
  const [found, oldest] = [parseSqliteVersion(version), parseSqliteVersion(OLDEST_DENO)];
  if (found !== null && oldest !== null && isAtLeast(found, oldest)) return fine("Deno", version);
  return problem(
    "Deno",
    `${version} is older than ${OLDEST_DENO}`,
    "Install a newer one: npm install @godwit/godwit brings it, or deno upgrade",
  );
}

/** The SQLite that runs migrations. */
export async function checkSqlite(): Promise<Diagnosis> {
  const { version } = await loadSqlite(sqliteModule);
  return fine("SQLite", `${version.libVersion}, as WASM`);
}

/** The SQLite of the runtime, whose locks other programs respect; no FFI is needed. */
export function checkNativeSqlite(): Diagnosis {
  if (nativeSqlite() !== null) {
    return fine("native locks", "by the SQLite of the runtime; --allow-ffi is not needed");
  }
  return problem(
    "native locks",
    "This runtime has no SQLite of its own, so locks of other programs cannot be taken",
    `Use Deno ${OLDEST_DENO} or newer; or, where no other program opens the databases, --exclusive`,
  );
}

/** Whether Deno grants what the commands need on these directories. */
export async function checkPermissions(
  { pluginsDir, dataDir }: Pick<CommonOptions, "pluginsDir" | "dataDir">,
): Promise<Diagnosis> {
  const wanted: readonly (readonly [Deno.PermissionDescriptor, string])[] = [
    [{ name: "read", path: pluginsDir }, `--allow-read=${pluginsDir}`],
    [{ name: "read", path: dataDir }, `--allow-read=${dataDir}`],
    [{ name: "write", path: dataDir }, `--allow-write=${dataDir}`],
  ];
  const missing: string[] = [];
  for (const [descriptor, flag] of wanted) {
    if ((await Deno.permissions.query(descriptor)).state !== "granted") missing.push(flag);
  }
  const statfs = await Deno.permissions.query({ name: "sys", kind: "statfs" });
  if (missing.length > 0) {
    return problem("permissions", "Deno does not grant all that is needed", missing.join(" "));
  }
  return statfs.state === "granted" ? fine("permissions", "all that is needed") : warning(
    "permissions",
    "The free space cannot be looked at before a backup",
    "--allow-sys=statfs",
  );
}
