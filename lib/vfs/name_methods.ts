// The methods of the VFS itself: names, time, chance. https://sqlite.org/c3ref/vfs.html. Runs
// anywhere.

import type { Method, Pointer } from "../sqlite/sqlite3.ts";
import type { Access } from "./open_file.ts";
import { StorageError } from "./storage.ts";
import type { VfsContext } from "./vfs_context.ts";

/** The methods of the VFS; `pMethods` points to those of its files. */
export function nameMethods(
  context: VfsContext,
  pMethods: Pointer,
): Readonly<Record<string, Method>> {
  const { sqlite3: { capi, wasm }, storage, files, attempt, bytesAt } = context;
  return {
    xOpen(
      _pVfs: Pointer,
      zName: Pointer,
      pFile: Pointer,
      flags: number,
      pOutFlags: Pointer,
    ): number {
      const handle = new capi.sqlite3_file(pFile);
      try {
        // Left at zero where opening fails, so that SQLite does not call xClose.
        handle.$pMethods = 0;
        return attempt(capi.SQLITE_CANTOPEN, () => {
          const path = zName === 0 ? null : wasm.cstrToJs(zName);
          const outFlags = files.open(pFile, path, accessOf(zName, flags), flags);
          handle.$pMethods = pMethods;
          if (pOutFlags !== 0) wasm.poke32(pOutFlags, outFlags);
          return capi.SQLITE_OK;
        });
      } finally {
        handle.dispose();
      }
    },

    xDelete: (_pVfs: Pointer, zName: Pointer, syncDirectory: number): number =>
      attempt(capi.SQLITE_IOERR_DELETE, () => {
        const path = wasm.cstrToJs(zName) ?? "";
        const view = files.viewOf(path);
        if (view.sizeOf(path) === null) return capi.SQLITE_IOERR_DELETE_NOENT;
        view.delete(path);
        if (syncDirectory !== 0) storage.flushDirectory(path);
        return capi.SQLITE_OK;
      }),

    xAccess: (_pVfs: Pointer, zName: Pointer, flags: number, pResult: Pointer): number =>
      attempt(capi.SQLITE_IOERR_ACCESS, () => {
        const path = wasm.cstrToJs(zName) ?? "";
        const view = files.viewOf(path);
        // An empty journal is as good as none, as in SQLite's own unix VFS.
        const answer = flags === capi.SQLITE_ACCESS_EXISTS
          ? (view.sizeOf(path) ?? 0) > 0
          : storage.isAccessible(
            path,
            flags === capi.SQLITE_ACCESS_READWRITE ? "read-write" : "read",
          );
        wasm.poke32(pResult, answer ? 1 : 0);
        return capi.SQLITE_OK;
      }),

    xFullPathname: (_pVfs: Pointer, zName: Pointer, length: number, zOut: Pointer): number =>
      attempt(capi.SQLITE_CANTOPEN, () => {
        const path = new TextEncoder().encode(storage.resolve(wasm.cstrToJs(zName) ?? ""));
        if (path.length + 1 > length) throw new StorageError("ENAMETOOLONG", "open", "the path");
        const out = bytesAt(zOut, path.length + 1);
        out.set(path);
        out[path.length] = 0;
        return capi.SQLITE_OK;
      }),

    xGetLastError: (_pVfs: Pointer, length: number, zBuffer: Pointer): number => {
      const message = new TextEncoder().encode(context.lastError?.message ?? "");
      const out = bytesAt(zBuffer, length);
      const count = Math.min(message.length, Math.max(length - 1, 0));
      out.set(message.subarray(0, count));
      if (length > 0) out[count] = 0;
      return capi.SQLITE_OK;
    },

    xRandomness: (_pVfs: Pointer, length: number, zOut: Pointer): number => {
      // Web Crypto does not fill memory that threads share; a copy serves both.
      bytesAt(zOut, length).set(crypto.getRandomValues(new Uint8Array(length)));
      return length;
    },

    xSleep: (_pVfs: Pointer, microseconds: number): number => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.ceil(microseconds / 1000));
      return microseconds;
    },

    xCurrentTime: (_pVfs: Pointer, pOut: Pointer): number => {
      wasm.poke(pOut, julianMilliseconds() / 86_400_000, "double");
      return capi.SQLITE_OK;
    },

    xCurrentTimeInt64: (_pVfs: Pointer, pOut: Pointer): number => {
      wasm.poke64(pOut, BigInt(julianMilliseconds()));
      return capi.SQLITE_OK;
    },
  };

  // `file:...?access=read`: https://sqlite.org/c3ref/uri_boolean.html
  function accessOf(zName: Pointer, flags: number): Access {
    if (zName === 0 || (flags & capi.SQLITE_OPEN_MAIN_DB) === 0) return "write";
    const access = capi.sqlite3_uri_parameter(zName, "access");
    return access === "read" || access === "copy" || access === "new" ? access : "write";
  }
}

// Milliseconds since noon on 24 November 4714 BC, which SQLite counts from.
function julianMilliseconds(): number {
  return 210_866_760_000_000 + Date.now();
}
