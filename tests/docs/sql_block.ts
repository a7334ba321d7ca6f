// Runs SQL blocks: whole files up, down and up again, fragments as a dry run, queries in the shell.

import { dirname, join } from "node:path";
import * as v from "valibot";
import { sqliteShell } from "../support/sqlite_shell.ts";
import type { CodeBlock } from "./page.ts";
import { RIGHT, type Scene, type Verdict, wrong } from "./scene.ts";

const MessageSchema = v.object({
  success: v.boolean(),
  message: v.optional(v.string(), ""),
  errors: v.optional(v.array(v.object({ code: v.string() })), []),
  previous_version: v.optional(v.number(), 0),
  warnings: v.array(v.object({ code: v.string(), message: v.string() })),
});
// The plugin of a fragment that needs no other.
const SCRATCH = "scratch";

type Message = v.InferOutput<typeof MessageSchema>;

/**
 * `sql` is the UP of a migration, `on=<plugin>` on that plugin's tables; `migration=<plugin>/<file>` is
 * a whole file, applied, rolled back and applied again; `file=` is only written; `schema=<plugin>` is
 * its schema.sql, `queries=<plugin>/<file>` a file of statements of its code; `shell=<plugin>` runs in
 * the `sqlite3` shell. `fails=<code>` and `warns=<codes>` say which findings there must be.
 */
export async function runSqlBlock(block: CodeBlock, scene: Scene): Promise<Verdict> {
  const file = block.attributes.get("file");
  if (file !== undefined) {
    write(scene, file, block.text);
    return RIGHT;
  }
  const schema = block.attributes.get("schema");
  if (schema !== undefined) {
    const path = join(dirname(pathOf(scene, `${schema}/x`)), "..", "schema.sql");
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, `${block.text}\n`);
    return RIGHT;
  }
  const queries = block.attributes.get("queries");
  if (queries !== undefined) {
    const [plugin = "", name = ""] = queries.split("/");
    const path = join(dirname(pathOf(scene, `${plugin}/x`)), "..", "queries", name);
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, `${block.text}\n`);
    return RIGHT;
  }
  const shell = block.attributes.get("shell");
  if (shell !== undefined) {
    scene.output = sqliteShell(shell === "" ? ":memory:" : scene.database(shell), block.text);
    return RIGHT;
  }
  const migration = block.attributes.get("migration");
  return migration === undefined
    ? await runFragment(block, scene)
    : await runFile(block, migration, scene);
}

/** Carries a fragment out as a migration of its own, on the real rows, and undoes it. */
async function runFragment(block: CodeBlock, scene: Scene): Promise<Verdict> {
  const plugin = block.attributes.get("on") ?? SCRATCH;
  const path = `${plugin}/999_fragment.sql`;
  write(scene, path, `-- UP\n${block.text}\n-- DOWN\n`);
  try {
    return judge(block, await ask(scene, "apply", plugin, { dry_run: true }));
  } finally {
    remove(scene, path);
    if (plugin === SCRATCH) removePlugin(scene, plugin);
  }
}

async function runFile(block: CodeBlock, path: string, scene: Scene): Promise<Verdict> {
  const [plugin = "", file = ""] = path.split("/");
  write(scene, path, block.text);
  const first = await ask(scene, "apply", plugin, {});
  const verdict = judge(block, first);
  if (verdict.kind !== "right" || block.attributes.has("fails")) {
    remove(scene, path);
    return verdict;
  }
  if (first.warnings.some(({ code }) => code === "no-down")) return RIGHT;
  const schema = schemaOf(scene.database(plugin));
  const back = await ask(scene, "rollback", plugin, {
    target_version: first.previous_version,
  });
  if (!back.success) return wrong(`${file} cannot be rolled back: ${back.message}`);
  const again = await ask(scene, "apply", plugin, {});
  if (!again.success) return wrong(`${file} cannot be applied again: ${again.message}`);
  return schemaOf(scene.database(plugin)) === schema
    ? RIGHT
    : wrong(`${file}: UP, DOWN and UP make another schema than UP alone`);
}

function judge(block: CodeBlock, reply: Message): Verdict {
  const wanted = block.attributes.get("fails");
  const found = reply.errors.map(({ code }) => code);
  if (wanted === undefined && !reply.success) return wrong(`it fails: ${reply.message}`);
  if (wanted !== undefined && !found.includes(wanted)) {
    return wrong(`it does not fail with ${wanted} but with ${found.join(", ") || "nothing"}`);
  }
  const warnings = reply.warnings.map(({ code }) => code).filter((code) => code !== "no-down");
  const expected = (block.attributes.get("warns") ?? "").split(",").filter((code) => code !== "");
  if (wanted === undefined && [...new Set(warnings)].sort().join() !== expected.sort().join()) {
    const told = reply.warnings.map(({ code, message }) => `${code}: ${message}`).join("; ");
    return wrong(`its warnings are not ${expected.join() || "none"} but ${told || "none"}`);
  }
  return RIGHT;
}

// The shape of the plugin's own objects; a rename puts a table's name in quotes, so tables are not
// compared by their text.
function schemaOf(database: string): string {
  return sqliteShell(
    database,
    `SELECT type, name, tbl_name, iif(type = 'table', NULL, sql),
            (SELECT json_group_array(json_array(c.name, c.type, c."notnull", c.dflt_value, c.pk))
               FROM pragma_table_xinfo(s.name) c),
            (SELECT json_group_array(json_array(f."from", f."table", f."to", f.on_delete))
               FROM pragma_foreign_key_list(s.name) f)
       FROM sqlite_schema s
      WHERE tbl_name NOT LIKE 'plugin_schema_migration%' ORDER BY type, name`,
  );
}

async function ask(
  scene: Scene,
  verb: "apply" | "rollback",
  plugin: string,
  body: object,
): Promise<Message> {
  return v.parse(MessageSchema, await scene.ask(verb, plugin, JSON.stringify(body)));
}

function write(scene: Scene, path: string, text: string): void {
  const full = pathOf(scene, path);
  Deno.mkdirSync(dirname(full), { recursive: true });
  Deno.writeTextFileSync(full, `${text}\n`);
}

function remove(scene: Scene, path: string): void {
  Deno.removeSync(pathOf(scene, path));
}

function removePlugin(scene: Scene, plugin: string): void {
  Deno.removeSync(dirname(dirname(pathOf(scene, `${plugin}/any`))), { recursive: true });
}

function pathOf(scene: Scene, path: string): string {
  const [plugin = "", file = ""] = path.split("/");
  return scene.migrationPath(plugin, file);
}
