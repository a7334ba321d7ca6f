// The service's WebSocket, where the process may not read the variable that its package reads.

import * as assert from "uvu/assert";
import { fileURLToPath } from "node:url";
import { suite } from "../support/suite.ts";

const promptSocket = suite("promptSockets()");

const MODULE = new URL("../../lib/nats/prompt_socket.ts", import.meta.url);

/** Asks for the socket in a process with some permissions; returns what was logged, and the answer. */
async function askedWith(permissions: readonly string[]): Promise<string> {
  const program = `import { promptSockets } from "${MODULE}";
const open = await promptSockets((level, message, fields) =>
  console.log(level, message, JSON.stringify(fields)));
console.log(typeof open);`;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", "--ext=ts"],
      `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
      ...permissions,
      `data:application/typescript,${encodeURIComponent(program)}`,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

promptSocket("opens sockets where the variable may be read, without a word", async () => {
  assert.is(await askedWith(["--allow-env=WS_NO_BUFFER_UTIL"]), "function");
});

promptSocket("leaves it to Deno's own where it may not, and says what to do", async () => {
  const [logged, answer] = (await askedWith([])).split("\n");
  assert.is(answer, "object");
  assert.match(logged ?? "", /^warn .*--allow-env=WS_NO_BUFFER_UTIL/);
});

promptSocket.run();
