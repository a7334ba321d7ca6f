/** SQLite's compiled WASM build; it can be posted to workers, which then need not compile it again. */
export declare const sqliteModule: WebAssembly.Module;
