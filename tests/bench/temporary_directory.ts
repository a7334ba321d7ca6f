// A directory that is removed at the end of its scope.

/** A directory; dispose of it to remove it. */
export interface TemporaryDirectory extends Disposable {
  readonly path: string;
}

/** Makes a directory in that of temporary files. */
export function temporaryDirectory(): TemporaryDirectory {
  const path = Deno.makeTempDirSync({ prefix: "godwit-bench-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
