// A native program that holds a database, as a person's sqlite3 shell does.

/** Starts a program with a database open and waits until it says so; disposing ends it. */
export async function holdNatively(
  path: string,
  how: "exclusive transaction" | "open reader" | "flock",
): Promise<AsyncDisposable> {
  const isFlock = how === "flock";
  const child = new Deno.Command(isFlock ? "flock" : "sqlite3", {
    args: isFlock
      ? ["--no-fork", path, "sh", "-c", "echo ready; exec sleep 600"]
      : ["-batch", path],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  if (!isFlock) {
    const begin = how === "open reader"
      ? "BEGIN; SELECT count(*) FROM sqlite_schema;"
      : "BEGIN EXCLUSIVE;";
    await input.write(new TextEncoder().encode(`${begin}\nSELECT 'ready';\n`));
  }
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (let seen = ""; !seen.includes("ready");) {
    const { value, done } = await output.read();
    if (done) throw new Error(`Nobody holds ${path}`);
    seen += value;
  }
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGKILL");
      await child.status;
      await input.abort().catch(() => {});
      await output.cancel();
    },
  };
}
