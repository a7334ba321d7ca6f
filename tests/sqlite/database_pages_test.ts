// A database takes another one's place page by page, beside native programs that have it open.

import * as assert from "uvu/assert";
import { join } from "node:path";
import type { CopyLimits } from "../../lib/sqlite/database_pages.ts";
import { isInterrupt } from "../../lib/sqlite/sqlite_error.ts";
import type { DatabaseFile } from "../../lib/vfs/storage.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { openDatabase, startEngine } from "../crash/engine.ts";
import { NativeProgram } from "../support/native_program.ts";
import { forAll, type Random } from "../support/random.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

const pages = suite("pages of a database in the place of another one's");
const engine = await startEngine();
const NO_LIMITS: CopyLimits = { isOver: () => false, mayCommit: () => true };

for (const mode of ["delete", "wal"] as const) {
  pages(
    `${mode}: any database takes the place of any other, and idle programs see it`,
    async () => {
      await forAll(12, (random) =>
        inDirectory(async ({ source, target }) => {
          engine.plug(nodeStorage());
          const pageBytes = random.pick([512, 4096, 8192]);
          const settings = `PRAGMA page_size=${pageBytes}; PRAGMA auto_vacuum=${
            random.integer(0, 2)
          };`;
          sqliteShell(source, settings + anyTables(random));
          // A successor shares most pages with the database that it was.
          if (random.chance(50)) Deno.copyFileSync(source, target);
          sqliteShell(target, `${settings} ${anyTables(random)} PRAGMA journal_mode=${mode};`);
          await using idle = new NativeProgram(target);
          const schema = "SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY rowid";
          await idle.run(schema);
          replace(source, target, NO_LIMITS);
          const seen = (await idle.run(schema)).map(({ sql }) => sql).join("\n");
          assert.is(seen, sqliteShell(source, schema));
          await idle.run("CREATE TABLE of_the_idle (a)");
          await idle.run("DROP TABLE of_the_idle");
          await idle.kill();
          assert.ok(isIntact(target));
          assert.is(sqliteShell(target, ".dump"), sqliteShell(source, ".dump"));
          assert.is(sqliteShell(target, "PRAGMA journal_mode"), mode);
        }));
    },
  );

  pages(`${mode}: a limit undoes what was copied`, async () => {
    await inDirectory(({ source, target }) => {
      engine.plug(nodeStorage());
      sqliteShell(source, `PRAGMA page_size=512; ${rowsOf("theirs", 20_000)}`);
      sqliteShell(
        target,
        `PRAGMA page_size=512; PRAGMA journal_mode=${mode}; ${rowsOf("ours", 100)}`,
      );
      const before = sqliteShell(target, ".dump");
      let asked = 0;
      for (
        const limits of [
          { ...NO_LIMITS, isOver: () => asked++ > 0 },
          { ...NO_LIMITS, mayCommit: () => false },
        ]
      ) {
        assert.throws(() => replace(source, target, limits), isInterrupt);
        assert.is(sqliteShell(target, ".dump"), before);
      }
      assert.ok(asked > 1);
    });
  });
}

pages("pages that are alike are not written", async () => {
  await inDirectory(({ source, target }) => {
    sqliteShell(source, rowsOf("t", 20_000));
    Deno.copyFileSync(source, target);
    sqliteShell(target, "UPDATE t SET a = 'other' WHERE rowid = 10000");
    const storage = nodeStorage();
    let written = 0;
    const counted = (file: DatabaseFile): DatabaseFile => ({
      ...file,
      write(bytes, at) {
        written += bytes.length;
        file.write(bytes, at);
      },
    });
    engine.plug({ ...storage, openDatabase: (...at) => counted(storage.openDatabase(...at)) });
    replace(source, target, NO_LIMITS);
    assert.is(sqliteShell(target, ".dump"), sqliteShell(source, ".dump"));
    assert.ok(written > 0);
    assert.ok(written <= 3 * 4096, `${written} bytes of ${Deno.statSync(target).size}`);
  });
});

/** Makes and fills tables, and may empty them again, which leaves free pages. */
function anyTables(random: Random): string {
  return random.list(1, 4, (index) => {
    const table = `t_${index}_${random.integer(0, 1_000_000)}`;
    const lost = random.chance(40) ? `DELETE FROM ${table} WHERE rowid % 3 > 0;` : "";
    const gone = random.chance(20) ? `DROP TABLE ${table};` : "";
    return rowsOf(table, random.integer(0, 2_000)) + lost + gone;
  }).join(" ");
}

function rowsOf(table: string, rows: number): string {
  return `CREATE TABLE ${table} (a TEXT, b INTEGER UNIQUE); WITH RECURSIVE n (i) AS
    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO ${table} SELECT printf('%0${20 + rows % 100}d', i), i FROM n;`;
}

function replace(source: string, target: string, limits: CopyLimits): void {
  using reading = openDatabase(engine, source);
  using writing = openDatabase(engine, target);
  writing.replaceBy(reading, limits);
}

async function inDirectory(
  action: (paths: { source: string; target: string }) => void | Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-pages-" });
  try {
    await action({
      source: join(directory, "source.sqlite3"),
      target: join(directory, "target.sqlite3"),
    });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

pages.run();
