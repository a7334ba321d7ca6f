// Prints the path of esbuild's program, for the tasks that allow it. For Deno.

import { esbuildPath } from "./esbuild_path.ts";

console.log(esbuildPath() ?? "esbuild");
