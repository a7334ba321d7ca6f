// Runs status, dry run, apply and rollback on the example plugins, in this process.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import pc from "picocolors";
import { main } from "../lib/cli/main.ts";

/** The scenes: a sentence and a command line. */
const SCENES: readonly (readonly [string, readonly string[]])[] = [
  ["Two plugins ship migrations; no database exists yet.", ["plugins"]],
  ["The migrations of the quotes bot, all pending.", ["status", "quote-db"]],
  ["A dry run executes every statement, counts the losses, and undoes everything.", [
    "apply",
    "quote-db",
    "--dry-run",
  ]],
  ["Apply. Before the first step that loses rows or values, godwit makes a backup.", [
    "apply",
    "quote-db",
    "--by",
    "demo",
  ]],
  ["Two steps back ...", ["rollback", "quote-db", "--to", "4", "--by", "demo"]],
  ["... and forward again. The rows are the same.", ["apply", "quote-db", "--by", "demo"]],
  ["Apply all migrations of the other plugin.", ["apply", "trivia", "--by", "demo"]],
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
