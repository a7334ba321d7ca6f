// dispatch(): every request gets one reply, bad ones included, and changes nothing.

import { leastRequest } from "../support/least_request.ts";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { call, dispatch } from "../../lib/handler/dispatch.ts";
import { ALL_PLUGINS } from "../../lib/message/plugin_name.ts";
import { ALL_VERBS, allVerbs, type AnyVerb, verbs } from "../../lib/message/verbs.ts";
import type { Reply } from "../../lib/message/any_reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const dispatching = suite("dispatch()");

async function threeVersions(workspace: Workspace): Promise<void> {
  workspace.write("p", {
    "001_a.sql": migrationFile("CREATE TABLE a (x);", "DROP TABLE a;"),
    "002_b.sql": migrationFile("CREATE TABLE b (x);", "DROP TABLE b;"),
    "003_c.sql": migrationFile("CREATE TABLE c (x);", "DROP TABLE c;"),
  });
  await workspace.apply("p", { target_version: 2 });
}

const brokenSource = {
  plugins: () => Promise.reject(new Error("secret detail at /some/path.ts:1:2")),
  find: () => Promise.reject(new Error("secret detail at /some/path.ts:1:2")),
};

function assertRefused(reply: Reply<AnyVerb>, code: string, says: string): void {
  if (reply.success) throw new Error(`Not refused: ${JSON.stringify(reply)}`);
  assert.is(reply.error_code, code);
  assert.match(reply.message, says);
}

dispatching("payloads that are no request are refused for every verb", async () => {
  await using workspace = new Workspace();
  await threeVersions(workspace);
  await untouched(workspace, "p", async () => {
    for (const verb of verbs()) {
      for (
        const [text, says] of [
          ["{", "not JSON"],
          ["[1]", "not a JSON object"],
          ['{"dryrun": true}', 'unknown key "dryrun"'],
          ['{"target_version": "3"}', "target_version"],
          [JSON.stringify({ applied_by: "x".repeat(900 * 1024) }), "the most is 65536"],
        ] as const
      ) {
        const reply = await workspace.send(verb, "p", new TextEncoder().encode(text));
        assertRefused(reply, "INVALID_REQUEST", says);
      }
      const latin1 = new Uint8Array([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]);
      assertRefused(await workspace.send(verb, "p", latin1), "INVALID_REQUEST", "not UTF-8");
    }
  });
});

dispatching("every reply names its verb, whether it succeeds or fails", async () => {
  await using workspace = new Workspace();
  await threeVersions(workspace);
  workspace.writeSchema("p", "");
  const { context } = await workspace.migrator();
  for (const verb of allVerbs()) {
    const plugin = ALL_VERBS[verb].scope === "all" ? ALL_PLUGINS : "p";
    const reply = await call(verb, plugin, leastRequest(verb), context);
    assert.equal([reply.success, reply.verb, reply.plugin_name], [true, verb, plugin]);
    v.parse(ALL_VERBS[verb].reply, JSON.parse(JSON.stringify(reply)));
    // The history of a plugin is read without its files.
    const open = (): never => {
      throw new Error("a bug");
    };
    const databases = { ...context.databases, open };
    const broken = { ...context, source: brokenSource, databases };
    const failed = await call(verb, plugin, leastRequest(verb), broken);
    assertRefused(failed, "INTERNAL_ERROR", "its log says more under");
    assert.is(failed.verb, verb);
  }
});

dispatching("plugins lists them, and says why it cannot", async () => {
  await using workspace = new Workspace();
  await threeVersions(workspace);
  const { context } = await workspace.migrator();
  const reply = await call("plugins", ALL_PLUGINS, {}, context);
  assert.equal(reply.success && reply.plugins, ["p"]);
  Deno.removeSync(workspace.pluginsDir, { recursive: true });
  const failed = await call("plugins", ALL_PLUGINS, {}, context);
  assertRefused(failed, "PLUGIN_NOT_FOUND", "Cannot read the plugins directory");
});

dispatching("an empty payload means {}", async () => {
  await using workspace = new Workspace();
  await threeVersions(workspace);
  assert.ok((await workspace.send("apply", "p", new Uint8Array())).success);
  assert.is((await workspace.status("p")).current_version, 3);
});

dispatching("targets that cannot be reached are refused", async () => {
  await using workspace = new Workspace();
  await threeVersions(workspace);
  await untouched(workspace, "p", async () => {
    const cases = [
      ["apply", 4, "the newest file is 003_c.sql"],
      ["apply", 1, "version 2 is applied; use rollback to go back"],
      ["rollback", 3, "the current version is 2; use apply to go forward"],
    ] as const;
    for (const [verb, target_version, says] of cases) {
      assertRefused(await workspace.ask(verb, "p", { target_version }), "INVALID_REQUEST", says);
    }
  });
});

dispatching("apply at the target and rollback of nothing succeed and run nothing", async () => {
  await using workspace = new Workspace();
  await threeVersions(workspace);
  assert.equal((await workspace.apply("p", { target_version: 2 })).applied_migrations, []);
  assert.equal(
    (await workspace.rollback("p", { target_version: 2 })).rolled_back_migrations,
    [],
  );
  await workspace.rollback("p", { target_version: 0 });
  const nothing = await workspace.rollback("p");
  assert.equal([nothing.previous_version, nothing.current_version], [0, 0]);
});

dispatching("a name that is not allowed is no plugin, and no path is made of it", async () => {
  await using workspace = new Workspace();
  await threeVersions(workspace);
  for (
    const name of ["a.b", "a/b", "..", "../p", "P", "p ", "", "a".repeat(200), "p\0", "%2e%2e", "*"]
  ) {
    for (const verb of verbs()) {
      const reply = await workspace.ask(verb, name);
      assertRefused(reply, "PLUGIN_NOT_FOUND", "a plugin name has 1 to 64 characters");
      assert.ok(reply.plugin_name.length <= 80);
    }
  }
});

dispatching("an unknown plugin and a missing plugins directory are named", async () => {
  await using workspace = new Workspace();
  for (const verb of verbs()) {
    const reply = await workspace.ask(verb, "nobody", leastRequest(verb));
    assertRefused(reply, "PLUGIN_NOT_FOUND", 'no plugin "nobody"');
  }
  Deno.removeSync(workspace.pluginsDir);
  for (const verb of verbs()) {
    const reply = await workspace.ask(verb, "p", leastRequest(verb));
    assertRefused(
      reply,
      "PLUGIN_NOT_FOUND",
      `Cannot read the plugins directory ${workspace.pluginsDir}`,
    );
    assertRefused(reply, "PLUGIN_NOT_FOUND", "--plugins or GODWIT_PLUGINS");
  }
  assert.not.ok(existsSync(workspace.dataDir));
});

dispatching("bad files keep apply from running, and status answers with them", async () => {
  const cases: readonly (readonly [string, string | Uint8Array, string])[] = [
    ["002_b.sql", "", "empty-file"],
    ["002_b.sql", "SELECT 1;", "marker-missing"],
    ["002_b.sql", "-- UP\n-- UP\n-- DOWN\n", "marker-repeated"],
    ["002_b.sql", "-- DOWN\n-- UP\n", "marker-order"],
    ["002_b.sql", "SELECT 1;\n-- UP\n-- DOWN\n", "sql-before-up"],
    ["002_b.sql", new Uint8Array([0x2d, 0x2d, 0x20, 0xe9, 0x0a]), "encoding"],
    ["002_b.sql", "-- UP\n\0\n-- DOWN\n", "nul-character"],
    ["2_b.sql", migrationFile("SELECT 1;"), "file-name"],
    ["001_b.sql", migrationFile("SELECT 1;"), "duplicate-version"],
  ];
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": migrationFile("CREATE TABLE a (x);", "DROP TABLE a;") });
  await workspace.apply("p");
  for (const [file, content, code] of cases) {
    workspace.write("p", { [file]: content });
    await untouched(workspace, "p", async () => {
      for (const body of [{}, { dry_run: true }]) {
        const reply = await workspace.refused("apply", "p", body);
        assert.is(reply.error_code, "VALIDATION_FAILED", code);
        assert.ok(reply.errors.some((each) => each.code === code && each.file === file), code);
      }
      // A rollback needs no pending file, and it is not known what the others are.
      const { success } = await workspace.ask("rollback", "p", { dry_run: true });
      assert.is(success, file === "002_b.sql", code);
      const status = await workspace.status("p");
      const found = status.pending_warnings.find((each) => each.code === code);
      assert.is(found?.level, "ERROR");
      assert.is(status.current_version, 1);
    });
    workspace.remove("p", file);
  }
  assert.ok((await workspace.rollback("p")).success);
});

dispatching(
  "a bug is INTERNAL_ERROR with an id that the log has too, and no stack trace",
  async () => {
    await using workspace = new Workspace();
    const { context } = await workspace.migrator();
    const broken = { ...context, source: brokenSource };
    const reply = await dispatch("status", "p", new Uint8Array(), broken);
    assertRefused(reply, "INTERNAL_ERROR", "its log says more under");
    const text = JSON.stringify(reply);
    for (const secret of ["secret", ".ts", "at "]) assert.not.match(text, secret);
    const id = /under (\S+)$/.exec(reply.success ? "" : reply.message)?.[1] ?? "none";
    assert.ok(workspace.logs.some((line) => line.includes(id) && line.includes("secret detail")));
  },
);

dispatching("a reply names its plugin and keeps applied_by", async () => {
  await using workspace = new Workspace();
  await threeVersions(workspace);
  const reply = await workspace.apply("p", { applied_by: "Ünï 🐦" });
  assert.is(reply.plugin_name, "p");
  assert.is(reply.applied_migrations[0]?.applied_by, "Ünï 🐦");
  assert.match(reply.applied_migrations[0]?.applied_at ?? "", /^\d{4}-.*Z$/);
  assert.not.ok(existsSync(join(workspace.dataDir, "backups")));
});

dispatching.run();
