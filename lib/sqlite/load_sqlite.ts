// Starts an instance of SQLite's WASM build from a compiled module. Runs anywhere.

import init from "@sqlite.org/sqlite-wasm";
import type { Sqlite3 } from "./sqlite3.ts";

/** The argument of Emscripten's loader, which the type in the package omits. */
interface LoaderOptions {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): Record<string, never>;
  print(text: string): void;
  printErr(text: string): void;
}

type Loader = (options: LoaderOptions) => Promise<Sqlite3>;

/**
 * Instantiates SQLite. A compiled module serves any number of instances, each with a heap of its
 * own, in any worker. Compiling takes about five times as long as instantiating. `onError` receives
 * the errors that SQLite's storage for browsers would log.
 */
export async function loadSqlite(
  module: WebAssembly.Module,
  onError: (...values: readonly unknown[]) => void = ignore,
): Promise<Sqlite3> {
  configureApi(onError);
  // The declarations in the package are incomplete and partly wrong; `Sqlite3` replaces them.
  const load = init as unknown as Loader;
  return await new Promise((resolve, reject) => {
    load({
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(module, imports).then((instance) => done(instance, module), reject);
        return {};
      },
      print: ignore,
      printErr: ignore,
    }).then(resolve, reject);
  });
}

// SQLite's JavaScript layer logs every failed statement; here a failure is a value in a reply. In a
// browser it would also start a worker for a VFS that godwit does not use.
function configureApi(onError: (...values: readonly unknown[]) => void): void {
  Object.assign(globalThis, {
    sqlite3ApiConfig: {
      debug: ignore,
      log: ignore,
      warn: ignore,
      error: onError,
      disable: { vfs: { "kvvfs": true, "opfs": true, "opfs-vfs": true, "opfs-wl": true } },
    },
  });
}

function ignore(): void {}
