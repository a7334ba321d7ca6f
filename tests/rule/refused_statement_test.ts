// refusedForm(): a better word than "syntax error" for what other databases have.

import * as assert from "uvu/assert";
import { refusedForm, shellCommand } from "../../lib/rule/refused_statement.ts";
import { suite } from "../support/suite.ts";

const forms = suite("refusedForm()");

forms("names the form of ALTER TABLE through comments, quotes and schema names", () => {
  for (
    const sql of [
      "ALTER TABLE t ALTER COLUMN c TYPE TEXT",
      "alter /* x */ table -- y\n t alter c type text",
      'ALTER TABLE "a b" ALTER COLUMN c TYPE TEXT',
      "ALTER TABLE main.t ALTER COLUMN c TYPE TEXT",
      "ALTER TABLE [t] MODIFY c TEXT",
      "ALTER TABLE `t` CHANGE c d TEXT",
    ]
  ) assert.is(refusedForm(sql), "alter-column", sql);
  for (
    const sql of [
      "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES b (c)",
      "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES b (c)",
      "ALTER TABLE t ADD PRIMARY KEY (a)",
      "ALTER TABLE t DROP CONSTRAINT",
    ]
  ) assert.is(refusedForm(sql), "alter-constraint", sql);
});

forms("says nothing of other statements", () => {
  for (
    const sql of [
      "",
      "SELECT 'ALTER TABLE t ALTER COLUMN c'",
      "-- ALTER TABLE t ALTER COLUMN c\nSELECT 1",
      "ALTER TABLE t ADD COLUMN c",
      "ALTER TABLE t RENAME TO s",
      "CREATE TABLE t (a",
    ]
  ) assert.is(refusedForm(sql), null, sql);
});

forms("shellCommand() names a dot command of the sqlite3 shell, and nothing else", () => {
  for (
    const [sql, command] of [
      [".mode box\nSELECT 1;", ".mode"],
      ["-- quiet\n.headers on", ".headers"],
      [".5 + 1", null],
      [". mode", null],
      ["SELECT .mode", null],
      [".", null],
      ["", null],
    ] as const
  ) assert.is(shellCommand(sql), command, sql);
});

forms.run();
