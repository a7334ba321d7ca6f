// Looks at databases with SQLite's own program, which shares no code with godwit.

/** Runs SQL in the `sqlite3` shell and returns its output; throws what it complains about. */
export function sqliteShell(path: string, sql: string): string {
  const { success, stdout, stderr } = new Deno.Command("sqlite3", {
    args: ["-batch", "-bail", path, sql],
    stdout: "piped",
    stderr: "piped",
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** Whether SQLite finds nothing wrong with a database. */
export function isIntact(path: string): boolean {
  return sqliteShell(path, "PRAGMA integrity_check") === "ok";
}
