// Shows godwit's main job on the example plugins, in this process and without a server.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import pc from "picocolors";
import { main } from "../lib/cli/main.ts";

/** What is shown: a sentence and the command line that it is about. */
const SCENES: readonly (readonly [string, readonly string[]])[] = [
  ["Two plugins ship migrations; no database exists yet.", ["plugins"]],
  ["What would become of the quotes bot?", ["status", "quote-db"]],
  ["A dry run carries every statement out, counts what is lost, and undoes it all.", [
    "apply",
    "quote-db",
    "--dry-run",
  ]],
  ["Now for real. Before the first step that loses something there is a backup.", [
    "apply",
    "quote-db",
    "--by",
    "demo",
  ]],
  ["Two steps back ...", ["rollback", "quote-db", "--to", "4", "--by", "demo"]],
  ["... and forward again. The rows are where they were.", ["apply", "quote-db", "--by", "demo"]],
  ["The other plugin, in one go.", ["apply", "trivia", "--by", "demo"]],
  ["Everything is applied.", ["plugins"]],
];

const pluginsDir = fileURLToPath(new URL("./plugins", import.meta.url));
const parent = fileURLToPath(new URL("../data/", import.meta.url));
await mkdir(parent, { recursive: true });
const dataDir = await mkdtemp(`${parent}demo-`);
try {
  for (const [sentence, args] of SCENES) {
    console.log(`\n${pc.bold(sentence)}\n${pc.dim(`$ godwit ${args.join(" ")}`)}`);
    const status = await main([...args, "--plugins", pluginsDir, "--data", dataDir]);
    if (status !== 0) Deno.exit(status);
  }
} finally {
  await rm(dataDir, { recursive: true });
}
console.log(
  `\n${
    pc.dim("The demo's databases are removed. Yours: deno task godwit new my-plugin create_notes")
  }`,
);
Deno.exit(0);
