// Writes what the documentation generates: JSON Schemas, and what its pages show of outputs and replies.
// deno task docs [page ...]

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jsonSchemaFiles } from "../support/json_schemas.ts";
import { runPage } from "./page_run.ts";
import { readPage, readPages } from "./pages.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const schemas = join(ROOT, "docs/schemas");
Deno.mkdirSync(schemas, { recursive: true });
for (const [file, text] of jsonSchemaFiles()) Deno.writeTextFileSync(join(schemas, file), text);

const pages = Deno.args.length === 0 ? readPages() : Deno.args.map(readPage);
for (const page of pages) {
  const { problems, renewed } = await runPage(page);
  if (renewed !== page.text) {
    const path = join(ROOT, page.path);
    Deno.writeTextFileSync(path, renewed);
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", path] }).output();
    console.log(`Renewed ${page.path}`);
  }
  for (const problem of problems) console.log(problem);
}
Deno.exit(0);
