// @ts-self-types="./wasm_module.d.ts"
// SQLite's WASM build, compiled when this file is first imported. For Deno. JavaScript, because
// TypeScript does not parse source phase imports, which need no permission to read the file.

import source sqliteWasm from "@sqlite.org/sqlite-wasm/sqlite3.wasm";

export const sqliteModule = sqliteWasm;
