// Compiles godwit into one program for each system, without Deno or Node.js beside it. For Deno.
// deno task compile [TARGET]; Deno downloads its runtime for each target.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "../cli/command.ts";
import { denoFlags, NEEDS, permissionsAnywhere } from "../launch/permissions.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The systems, as Deno names them. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** esbuild is a program of its own, which a compiled one does not hold. */
const LEFT_OUT: readonly Command["name"][] = ["bundle"];

/** The arguments of `deno` that compile for one system. The program has its permissions for good. */
export function compileArguments(target: string, output: string): readonly string[] {
  const commands = Object.keys(NEEDS).filter((name): name is Command["name"] =>
    !LEFT_OUT.some((each) => each === name)
  );
  return [
    ...["compile", "--quiet", "--no-check", "--frozen", "--target", target, "--output", output],
    // The thread's module is named at run time.
    ...["--include", "lib/database/file_worker.ts", "--exclude-unused-npm"],
    "--no-prompt",
    ...denoFlags(permissionsAnywhere(commands)),
    "mod.ts",
  ];
}

if (import.meta.main) {
  const targets = Deno.args.length === 0 ? TARGETS : Deno.args;
  let failed = 0;
  for (const target of targets) {
    const output = join(ROOT, "dist", "bin", `godwit-${target}`);
    const args = [...compileArguments(target, output)];
    const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
    if (success) console.log(`✓ ${output}`);
    else {
      failed += 1;
      console.error(`✗ ${target}: deno ${args.join(" ")} fails; is its runtime within reach?`);
    }
  }
  if (failed > 0) Deno.exit(1);
}
