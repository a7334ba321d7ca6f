// Where errors are: line and column in the file, not in the section or the statement.

import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const positions = suite("positions");

/** The first error of applying a file, as `code line:column |excerpt|`. */
async function errorOf(text: string): Promise<string> {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": text });
  const [error] = (await workspace.refused("apply", "p")).errors;
  return `${error?.code} ${error?.line}:${error?.column} |${error?.excerpt}|`;
}

positions("a syntax error stands at its token, with its line", async () => {
  assert.is(
    await errorOf("-- a\n-- UP\nCREATE TABLE t (a);\n  CREATE TABEL u (b);\n-- DOWN\n"),
    "syntax-error 4:10 |  CREATE TABEL u (b);|",
  );
});

positions("a dot command of the sqlite3 shell is named, between statements too", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": "-- UP\nCREATE TABLE t (a);\n  .mode box\nSELECT 1;\n-- DOWN\nDROP TABLE t;\n",
  });
  const { errors } = await workspace.refused("apply", "p");
  assert.equal(errors.map(({ code, line, column }) => [code, line, column]), [
    ["syntax-error", 3, 3],
  ]);
  assert.match(errors[0]?.message ?? "", '".mode" is a dot command of the sqlite3 shell');
});

positions("columns count code points after text of several bytes", async () => {
  assert.is(
    await errorOf("-- é\n-- UP\nSELECT 'äöü 日本 🐦' FORM x;\n-- DOWN\n"),
    "syntax-error 3:24 |SELECT 'äöü 日本 🐦' FORM x;|",
  );
});

positions("CRLF and a BOM change nothing", async () => {
  assert.is(
    await errorOf("\ufeff-- UP\r\nSELECT 1;\r\nSELECT 'é' FORM x;\r\n-- DOWN\r\n"),
    "syntax-error 3:17 |SELECT 'é' FORM x;|",
  );
});

positions(
  "an unknown table or column is found where SQLite says, or at the statement",
  async () => {
    assert.is(
      await errorOf("-- UP\nSELECT\n  missing FROM (SELECT 1);\n-- DOWN\n"),
      "sql-error 3:3 |  missing FROM (SELECT 1);|",
    );
    assert.is(
      await errorOf("-- UP\n\n  INSERT INTO nowhere VALUES (1);\n-- DOWN\n"),
      "sql-error 3:3 |  INSERT INTO nowhere VALUES (1);|",
    );
  },
);

positions("input that ends too early stands at its statement", async () => {
  assert.is(
    await errorOf("-- UP\nCREATE TABLE t (a);\nCREATE TABLE u (\n  b\n-- DOWN\n"),
    "syntax-error 3:1 |CREATE TABLE u (|",
  );
  assert.match(await errorOf("-- UP\nSELECT 'open;\n-- DOWN\n"), /^syntax-error 2:/);
});

positions("an error in a DOWN section stands at its line of the file", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": "-- UP\nCREATE TABLE t (a);\n-- DOWN\n\nDROP TABEL t;\n" });
  await workspace.apply("p");
  const [error] = (await workspace.refused("rollback", "p")).errors;
  assert.equal([error?.line, error?.column, error?.excerpt], [5, 6, "DROP TABEL t;"]);
});

positions("an error on the real rows stands at its statement", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql":
      "-- UP\nCREATE TABLE t (a UNIQUE);\nINSERT INTO t VALUES (1);\n\n  INSERT INTO t VALUES (1);\n-- DOWN\n",
  });
  const [error] = (await workspace.refused("apply", "p")).errors;
  assert.equal(
    [error?.line, error?.column, error?.statement],
    [5, 3, "INSERT INTO t VALUES (1);"],
  );
});

positions("a long statement is shown in part", async () => {
  await using workspace = new Workspace();
  const values = Array.from({ length: 2000 }, (_, index) => `(${index})`).join(", ");
  workspace.write("p", { "001_a.sql": `-- UP\nINSERT INTO nowhere VALUES ${values};\n-- DOWN\n` });
  const [error] = (await workspace.refused("apply", "p")).errors;
  assert.match(error?.statement ?? "", /more characters\)$/);
  assert.ok((error?.statement ?? "").length < 2100);
});

positions.run();
