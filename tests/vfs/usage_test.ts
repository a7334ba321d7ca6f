// The program on the VFS's page does what the page says.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { suite } from "../support/suite.ts";

const usage = suite("docs/VFS.md");
const root = new URL("../../", import.meta.url).pathname;

usage("shows a program that works", () => {
  const page = Deno.readTextFileSync(join(root, "docs/VFS.md"));
  const program = /```ts\n([\s\S]*?)```/.exec(page)?.[1];
  if (program === undefined) throw new Error("The page has no program");
  const directory = Deno.makeTempDirSync({ prefix: "godwit-usage-" });
  const file = join(directory, "program.ts");
  try {
    Deno.writeTextFileSync(file, program);
    const { success, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--config", join(root, "deno.json"), "-A", "--check", file],
      stderr: "piped",
    }).outputSync();
    assert.ok(success, new TextDecoder().decode(stderr));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

usage.run();
