// Starts Firefox for Playwright and stands between the two, as a program of its own: Playwright
// speaks WebDriver BiDi to Firefox, with commands that Firefox ESR does not know yet.

import * as v from "valibot";

/** Commands that every start sends and no test needs; Firefox ESR 153 fails on them. */
const UNKNOWN_COMMANDS: readonly string[] = ["emulation.setMediaFeaturesOverride"];

const CommandSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ id: v.number(), method: v.string() }),
);

const LISTENING = /WebDriver BiDi listening on (ws:\/\/\S+)/;

if (import.meta.main) {
  const firefox = new Deno.Command("firefox-esr", {
    args: [...Deno.args],
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).spawn();
  tellAddress(firefox.stderr);
  const { code } = await firefox.status;
  Deno.exit(code);
}

/** Repeats what Firefox says, with the proxy's address in place of its own. */
async function tellAddress(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
    const address = LISTENING.exec(text)?.[1];
    console.error(address === undefined ? text : text.replace(address, listen(address)));
  }
}

function listen(firefoxUrl: string): string {
  const { addr } = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      join(socket, new URL(new URL(request.url).pathname, firefoxUrl));
      return response;
    },
  );
  return `ws://127.0.0.1:${addr.port}`;
}

/** Passes messages on, both ways and in order. */
async function join(playwright: WebSocket, url: URL): Promise<void> {
  const firefox = new WebSocket(url);
  const opened = new Promise((resolve) => firefox.onopen = resolve);
  playwright.onmessage = async ({ data }) => {
    await opened;
    const { id, method } = v.parse(CommandSchema, data);
    if (!UNKNOWN_COMMANDS.includes(method)) return firefox.send(data);
    playwright.send(JSON.stringify({ type: "success", id, result: {} }));
  };
  firefox.onmessage = ({ data }) => playwright.send(data);
  playwright.onclose = () => firefox.close();
  firefox.onclose = () => playwright.close();
  await opened;
}
