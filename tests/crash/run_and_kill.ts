// Kills a process some time after it has begun its work.

/**
 * Runs a program, with the permissions that migrations need, and kills it `delayMs` after it says
 * something. Throws where it ends by itself.
 */
export async function runAndKill(
  program: URL,
  args: readonly string[],
  delayMs: number,
): Promise<void> {
  const child = new Deno.Command("deno", {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--allow-sys=statfs",
      program.pathname,
      ...args,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (!done) {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    child.kill("SIGKILL");
  }
  await reader.cancel();
  const { signal } = await child.status;
  const complaint = await new Response(child.stderr).text();
  if (signal !== "SIGKILL") throw new Error(`The process ended by itself: ${complaint}`);
}
