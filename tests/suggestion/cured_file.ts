// Checks a faulty file behind a base, puts its suggestion into it, and applies it.

import * as assert from "uvu/assert";
import type { FindingMessage } from "../../lib/message/reply.ts";
import { withSections } from "../../lib/migration/with_sections.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { Workspace } from "../support/workspace.ts";

/** A file with a fault, and what its cure makes. */
export interface Fault {
  readonly name: string;
  /** The first file: what is there before. */
  readonly base: string;
  /** The second file. */
  readonly file: string;
  /** The code of a finding that has the suggestion. */
  readonly code: string;
  /** Queries and what the cured file makes of them. */
  readonly after: readonly (readonly [query: string, expected: string])[];
  /** Queries whose results are the same once the file is rolled back; `null` without a way back. */
  readonly kept: readonly string[] | null;
  /** What the cured file must have, word for word. */
  readonly has?: readonly string[];
}

/** Plugins of one workspace: starting the threads of one takes longer than what they do here. */
export class Plugins {
  readonly workspace = new Workspace();
  #count = 0;

  /** A new plugin with a first file. */
  add(base: string): string {
    this.#count += 1;
    const plugin = `p${this.#count}`;
    this.workspace.write(plugin, { "001_base.sql": base });
    return plugin;
  }
}

/** The findings of a check of one plugin. */
export async function findingsOf(
  workspace: Workspace,
  plugin: string,
): Promise<readonly FindingMessage[]> {
  const reply = await (await workspace.migrator()).check(plugin, { prove: true });
  return [...(reply.success ? [] : reply.errors), ...reply.warnings];
}

/** Cures a file and demands that it does what is meant, both ways. */
export async function assertCured(plugins: Plugins, fault: Fault): Promise<void> {
  const { base, file, code, after, kept, has = [] } = fault;
  const { workspace } = plugins;
  const plugin = plugins.add(base);
  await workspace.apply(plugin);
  const path = workspace.database(plugin);
  workspace.write(plugin, { "002_fault.sql": file });
  const before = (kept ?? []).map((query) => sqliteShell(path, query));
  const schema = sqliteShell(path, SCHEMA);

  const found = (await findingsOf(workspace, plugin)).filter(({ suggestion }) =>
    suggestion !== undefined
  );
  const finding = found.find((each) => each.code === code);
  assert.ok(finding?.suggestion !== undefined, `no suggestion for ${code}`);
  // All of the file's findings have the same one.
  for (const { suggestion } of found) assert.equal(suggestion, finding.suggestion);
  // The live schema leads to the same.
  const reply = await workspace.ask("plan", plugin);
  const live = [
    ...(reply.success ? [] : reply.errors),
    ...("warnings" in reply ? reply.warnings : []),
  ]
    .find((each) => each.suggestion !== undefined);
  assert.equal(live?.suggestion ?? finding.suggestion, finding.suggestion);

  const cured = withSections(file, finding.suggestion);
  assert.ok(cured !== null);
  for (const text of has) assert.ok(cured.includes(text), `${text} in:\n${cured}`);
  workspace.write(plugin, { "002_fault.sql": cured });
  const left = await findingsOf(workspace, plugin);
  assert.equal(
    left.filter(({ level, suggestion }) => level === "ERROR" || suggestion !== undefined)
      .filter(({ code: each }) => each !== "down-loses-values"),
    [],
  );
  await workspace.apply(plugin);
  assert.ok(isIntact(path));
  for (const [query, expected] of after) assert.is(sqliteShell(path, query), expected, query);
  if (kept === null) return;
  await workspace.rollback(plugin);
  assert.equal(kept.map((query) => sqliteShell(path, query)), before);
  assert.is(sqliteShell(path, SCHEMA), schema);
  await workspace.apply(plugin);
  for (const [query, expected] of after) assert.is(sqliteShell(path, query), expected, query);
}

// RENAME writes names in quotes; a column that ADD COLUMN brings back comes last.
const SCHEMA = `SELECT type, name, tbl_name,
    (SELECT group_concat(name || ' ' || type || ' ' || "notnull", ', ') FROM
      (SELECT * FROM pragma_table_xinfo(s.name) ORDER BY name)),
    iif(type = 'table', '', sql)
  FROM sqlite_schema s WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'plugin_schema%'
  ORDER BY type, name`;
