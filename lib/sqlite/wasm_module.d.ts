/** SQLite's compiled WASM build. Workers that receive it in a message do not compile it again. */
export declare const sqliteModule: WebAssembly.Module;
