// A native program that holds a database, as a person's sqlite3 shell does.

const BEGIN = {
  "exclusive transaction": "BEGIN EXCLUSIVE;",
  "write transaction": "BEGIN IMMEDIATE;",
  "open reader": "BEGIN; SELECT count(*) FROM sqlite_schema;",
};

/** Starts a program with a database open and waits until it says so; disposing ends it. */
export async function holdNatively(
  path: string,
  how: "exclusive transaction" | "write transaction" | "open reader",
): Promise<AsyncDisposable> {
  const child = new Deno.Command("sqlite3", {
    args: ["-batch", path],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(`${BEGIN[how]}\nSELECT 'ready';\n`));
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
